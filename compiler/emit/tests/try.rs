//! scratch
mod support;
#[test]
fn try_it() {
    let path = std::env::var("TRY").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let dir = std::path::Path::new(&path).parent().unwrap();
    let mut files = vec![("/main.cloud".to_string(), text)];
    for e in std::fs::read_dir(dir).unwrap() {
        let e = e.unwrap();
        if let Ok(t) = std::fs::read_to_string(e.path()) {
            files.push((format!("/{}", e.file_name().to_string_lossy()), t));
        }
    }
    files.retain(|(p, _)| p != "/main.cloud" || true);
    let refs: Vec<(&str, &str)> = files.iter().rev().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn({
            let refs: Vec<(String, String)> = refs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
            move || {
                let r: Vec<(&str, &str)> = refs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                match support::build_files(&r, &[]) {
                    Ok(a) => {
                        println!("{}", cloudc_emit::to_yaml(&a.template));
                        std::fs::write(std::env::var("OUT").unwrap_or("/dev/null".into()), cloudc_emit::to_yaml(&a.template))
                            .unwrap();
                        eprintln!("{:?}", a.manifest);
                        for n in &a.notes {
                            eprintln!("NOTE {} {}", n.code, n.message)
                        }
                    }
                    Err(p) => {
                        for p in p {
                            println!("ERR {p}")
                        }
                    }
                }
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

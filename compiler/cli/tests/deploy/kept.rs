//! What is kept in buckets: the record of deployments, assets, folders that are brought there.

use serde_json::Value as Json;

use crate::project::Project;

const TWO: &str = "stack two { region: \"REGION\" }\nparam password: Secret<String>\nresource topic: AWS::SNS::Topic { DisplayName: \"first\" }\nresource login: AWS::SecretsManager::Secret { SecretString: password }\n";

fn read(project: &Project, name: &str) -> String {
    std::fs::read_to_string(project.root.join(name)).expect("a file")
}

#[test]
fn a_history_is_kept_and_brought_back() {
    let project = Project::new("state", &[("two.cloud", TWO)]);
    project.run(&["state", "list"]).ends(0).hides("two  ");
    project.run(&["state", "pull", "two"]).ends(3).says("C0874");
    project.run(&["deploy", "--yes", "--param", "Password=correct-horse"]).ends(0);
    project.write("two.cloud", &TWO.replace("first", "second"));
    project.deploy().ends(0);
    project.run(&["state", "list"]).ends(0).says("two").says("version 2").says("succeeded");
    project.run(&["state", "show", "two", "--record", "1", "--template"]).ends(0).says("\"first\"");
    project.run(&["state", "show", "two"]).ends(0).says("\"version\": 2").hides("correct-horse");
    project.run(&["state", "pull", "two", "-o", "two.json"]).ends(0).says("2 records and 2 templates");
    assert!(!read(&project, "two.json").contains("correct-horse"));
    project.run(&["state", "push", "two.json"]).ends(0).says("0 records brought back, 2 were there");
    // Never over what is newer.
    project.write("two.cloud", &TWO.replace("first", "third"));
    project.deploy().ends(0);
    project.run(&["state", "push", "two.json"]).ends(3).says("C0895").says("version 3 in the bucket is newer");
    project.run(&["state", "pull", "two", "-o", "three.json"]).ends(0);
    // What was changed, or holds a secret, is not brought back by force either.
    let text = read(&project, "three.json");
    project.write("bad.json", &text.replacen("\"who\": \"", "\"who\": \"x", 1));
    project.run(&["state", "push", "bad.json", "--force"]).ends(3).says("C0895").says("digest");
    project.write("bad.json", "[1");
    project.run(&["state", "push", "bad.json"]).ends(3).says("C0895").says("no JSON");
    project.run(&["state", "push", "none.json"]).ends(3).says("none.json");
    // Everything lost, everything back.
    project.run(&["state", "rm", "two", "--yes"]).ends(3).says("C0895").says("is there");
    project.run(&["state", "rm", "two", "--force"]).ends(3).says("C0867");
    project.run(&["state", "rm", "two", "--force", "--yes"]).ends(0).says("3 records");
    project.run(&["history", "two"]).ends(0).says("no deployment was recorded");
    project.run(&["state", "push", "three.json"]).ends(0).says("3 records brought back");
    project.run(&["plan"]).ends(0).says("no changes");
    project.run(&["rollback", "two", "--to", "1", "--yes"]).ends(0).says("back to version 1");
    project.run(&["state", "push", "two.json", "--force"]).ends(0).says("replaced");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    let history: Json = project.run(&["history", "two", "--json"]).ends(0).json();
    assert_eq!(history["two"].as_array().map(Vec::len), Some(2), "{history:#}");
}

#[test]
fn a_history_under_another_name() {
    let source = "stack old { region: \"REGION\" }\nresource topic: AWS::SNS::Topic { DisplayName: \"first\" }\n";
    let project = Project::new("renamed", &[("one.cloud", source)]);
    project.deploy().ends(0);
    project.write("one.cloud", &source.replace("first", "second"));
    project.deploy().ends(0);
    project.run(&["destroy", "old", "--yes"]).ends(0);
    project.write("one.cloud", &source.replace("stack old", "stack new"));
    project.deploy().ends(0);
    project.run(&["state", "mv", "old", "old"]).ends(2);
    project.run(&["state", "mv", "nothing", "new"]).ends(3).says("C0874");
    project.run(&["state", "mv", "old", "new"]).ends(0).says("`new` has the history of `old`: 4 records");
    project.run(&["history", "old"]).ends(0).says("no deployment was recorded");
    let history: Json = project.run(&["history", "new", "--json"]).ends(0).json();
    let versions: Vec<_> = history["new"].as_array().into_iter().flatten().map(|one| one["version"].as_u64()).collect();
    assert_eq!(versions, [Some(4), Some(3), Some(2), Some(1)]);
    project.run(&["rollback", "new", "--to", "2", "--yes"]).ends(0).says("back to version 2");
    project.run(&["plan"]).ends(2).says("\"second\" → \"first\"");
    // The stack is gone, and so is what was recorded.
    project.run(&["destroy", "new", "--yes"]).ends(0);
    project.run(&["state", "rm", "new", "--yes"]).ends(0);
    project.run(&["state", "list"]).ends(0).hides("new  ");
}

#[test]
fn assets_that_are_up() {
    let source =
        "stack fn { region: \"REGION\" }\nlet job = asset(\"./job.py\")\noutput key = job.key\noutput bucket = job.bucket\n";
    let source = &format!("{source}resource topic: AWS::SNS::Topic {{}}\n");
    // In a region that no other test takes: what others need is none of this one's business.
    let mut project = Project::bare("assets", &[]);
    project.region = "ca-west-1".to_owned();
    project.write("fn.cloud", source);
    project.write("job.py", "print(1)\n");
    project.run(&["bootstrap", "--region", "ca-west-1"]).ends(0);
    project.run(&["assets", "list"]).ends(0).says("- fn: files").says("not uploaded yet");
    project.run(&["assets", "upload"]).ends(0).says("1 uploaded, 0 there already");
    project.run(&["assets", "upload"]).ends(0).says("0 uploaded, 1 there already");
    project.run(&["assets", "list"]).ends(0).says("✓ fn: files");
    project.deploy().ends(0);
    // The first one is still needed by a deployment of the last days, but not by one of the last 0 days.
    project.write("job.py", "print(2)\n");
    project.deploy().ends(0);
    project.run(&["assets", "prune"]).ends(0).says("0 unneeded");
    // Times are whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    project.run(&["assets", "prune", "--days", "0", "--dry-run"]).ends(0).says("1 unneeded");
    project.run(&["assets", "prune", "--days", "0"]).ends(3).says("C0867");
    project.run(&["assets", "prune", "--days", "0", "--yes"]).ends(0).says("1 deleted");
    project.run(&["assets", "list"]).ends(0).says("✓ fn: files");
    project.run(&["assets", "prune", "--days", "0", "--yes"]).ends(0).says("0 unneeded");
}

#[test]
fn a_folder_in_a_bucket() {
    let source = "stack web { region: \"REGION\" }\nresource site: AWS::S3::Bucket {}\nresource front: AWS::CloudFront::Distribution { DistributionConfig: { Enabled: true, DefaultCacheBehavior: { TargetOriginId: \"s\", ViewerProtocolPolicy: \"allow-all\", CachePolicyId: \"658327ea-f89d-4fab-a63d-7e88639e58f6\" }, Origins: [{ Id: \"s\", DomainName: \"example.com\", CustomOriginConfig: { OriginProtocolPolicy: \"https-only\" } }] } }\noutput site_bucket = site.ref\noutput distribution = front.Id\n";
    let project = Project::new("site", &[("web.cloud", source)]);
    for (path, text) in [("index.html", "<p>one"), ("assets/app.js", "let one"), ("assets/a b.css", "p{}"), (".DS_Store", "x")] {
        project.write(&format!("dist/{path}"), text);
    }
    let to = ["assets", "sync", "dist", "--to", "web.SiteBucket", "--cache-control", "assets/*=max-age=60"];
    project.run(&to).ends(3).says("C0873");
    project.deploy().ends(0);
    project.run(&["assets", "sync", "dist", "--to", "web.SiteBuckt"]).ends(3).says("C0896").says("did you mean `SiteBucket`?");
    project.run(&[&to[..], &["--dry-run"]].concat()).ends(0).says("+ assets/app.js").says("max-age=60").says("3 would be sent");
    // Pages come last.
    let first = project.run(&to).ends(0).says("3 sent").says("0 unchanged");
    assert!(first.err.find("app.js") < first.err.find("index.html"), "{}", first.err);
    project.run(&to).ends(0).says("0 sent (0 B), 3 unchanged");
    // Other dates are no change; other contents, types and caching are.
    project.write("dist/index.html", "<p>two");
    std::fs::remove_file(project.root.join("dist/assets/a b.css")).expect("removed");
    let told = project.run(&[&to[..], &["--json"]].concat()).ends(0).json();
    assert_eq!(told["sent"][0]["key"], "index.html", "{told:#}");
    assert_eq!(told["sent"][0]["content_type"], "text/html; charset=utf-8");
    assert_eq!(told["unchanged"], 1);
    project.run(&["assets", "sync", "dist", "--to", "web.SiteBucket"]).ends(0).says("1 sent");
    // What no file stands for.
    let delete = [&to[..], &["--delete", "--invalidate", "web.Distribution"]].concat();
    project.run(&delete).ends(3).says("C0867").says("- assets/a b.css");
    let told = project.run(&[&delete[..], &["--yes", "--json"]].concat()).ends(0).json();
    assert_eq!(told["deleted"], serde_json::json!(["assets/a b.css"]));
    assert!(told["invalidation"].as_str().is_some_and(|id| !id.is_empty()), "{told:#}");
    // Large files go up in parts, once.
    std::fs::create_dir_all(project.root.join("big")).expect("a folder");
    let file = std::fs::File::create(project.root.join("big/film.mp4")).expect("a file");
    file.set_len(20 << 20).expect("a large file");
    let film = ["assets", "sync", "big", "--to", "web.SiteBucket/films", "-v"];
    project.run(&film).ends(0).says("aws S3.UploadPart").says("✓ films/film.mp4");
    project.run(&film).ends(0).says("1 unchanged").hides("UploadPart");
    // What makes no sense.
    project.run(&["assets", "sync", "none", "--to", "web.SiteBucket"]).ends(3).says("C0896");
    std::fs::create_dir_all(project.root.join("empty")).expect("a folder");
    project.run(&["assets", "sync", "empty", "--to", "web.SiteBucket", "--delete", "--yes"]).ends(3).says("it is empty");
    project.run(&["assets", "sync", "dist", "s3://no-such-bucket-here"]).ends(3).says("C0896");
    project.run(&["assets", "sync", "dist", "site"]).ends(3);
    let own = format!("s3://cloudc-123456789012-{}", project.region);
    project.run(&["assets", "sync", "dist", &own, "--delete", "--yes"]).ends(3).says("bucket of cloudc itself");
    project.run(&["assets", "sync", "dist"]).ends(2);
}

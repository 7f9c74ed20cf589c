//! Keys and what they do, and what is drawn.

use cloudc_deploy::plan::{Action, Risk};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::draw;
use super::items::{Detail, Item, Tone};
use super::state::{Filter, Key, Mode, Review, Verdict};

fn item(name: &str, action: Option<Action>, risk: Risk, lines: usize) -> Item {
    let detail = (1..=lines).map(|at| Detail { tone: Tone::Plain, text: format!("{name} detail {at}") });
    Item {
        stack: "shop".to_owned(),
        action,
        word: action.map_or("change", Action::word),
        name: name.to_owned(),
        about: action.map_or("eu-west-1", |_| "AWS::SQS::Queue").to_owned(),
        place: "shop.cloud:3".to_owned(),
        risk,
        detail: detail.collect(),
    }
}

fn review(confirm: &[&str]) -> Review {
    let items = vec![
        item("shop", None, Risk::Critical, 1),
        item("Added", Some(Action::Create), Risk::Low, 2),
        item("Data", Some(Action::Replace), Risk::Critical, 3),
        item("Changed", Some(Action::Update), Risk::Low, 2),
        item("Gone", Some(Action::Delete), Risk::High, 30),
    ];
    Review::new(items, confirm.iter().map(|name| (*name).to_owned()).collect())
}

fn press(review: &mut Review, keys: &str) -> Option<Verdict> {
    keys.chars().map(|letter| review.press(if letter == '\n' { Key::Enter } else { Key::Char(letter) })).last().flatten()
}

fn screen(review: &mut Review, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| draw::draw(frame, review, "deploy: risk: critical", false)).expect("drawn");
    let buffer = terminal.backend().buffer().clone();
    let line = |row: u16| (0..width).map(|column| buffer[(column, row)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

fn chosen(review: &Review) -> String {
    let at = (0..review.rows().len()).find(|at| review.marks(*at).1).expect("something is chosen");
    review.item(at).expect("an item").name.clone()
}

#[test]
fn nobody_agrees_before_what_is_dangerous_was_looked_at() {
    let mut review = review(&[]);
    assert_eq!(press(&mut review, "y"), None);
    assert!(review.message().starts_with("2 changes of high or critical risk"), "{}", review.message());
    assert_eq!(press(&mut review, "n y"), None);
    assert_eq!(review.reviewed(), (1, 2));
    assert!(review.message().starts_with("1 change "), "{}", review.message());
    // Marking is taken back by marking again.
    assert_eq!(press(&mut review, "  "), None);
    assert_eq!(press(&mut review, "n y"), Some(Verdict::Agreed));
}

#[test]
fn what_a_filter_hides_has_to_be_looked_at_all_the_same() {
    let mut review = review(&[]);
    press(&mut review, "n n /Added\n");
    assert_eq!(review.reviewed(), (2, 2));
    assert_eq!(press(&mut review, "y"), Some(Verdict::Agreed));
    let mut other = self::review(&[]);
    press(&mut other, "/Added\n");
    assert_eq!(press(&mut other, " y"), None);
    assert_eq!(press(&mut other, "n"), None);
    assert_eq!(other.message(), "nothing here is of high or critical risk");
}

#[test]
fn names_are_typed_where_data_may_be_lost() {
    let mut review = review(&["shop", "data"]);
    press(&mut review, "n n y");
    assert_eq!((review.mode(), review.to_confirm()), (&Mode::Confirm(String::new()), "shop"));
    assert_eq!(press(&mut review, "shap\n"), None);
    assert_eq!((review.mode(), review.message()), (&Mode::List, "`shap` is not the name: nothing was agreed to"));
    assert_eq!(press(&mut review, "yshop\n"), None);
    assert_eq!(review.to_confirm(), "data");
    assert_eq!(press(&mut review, "data\n"), Some(Verdict::Agreed));
}

#[test]
fn no_is_one_key_everywhere() {
    assert_eq!(press(&mut review(&[]), "q"), Some(Verdict::Refused));
    for before in ["", "/", "?"] {
        let mut review = review(&[]);
        press(&mut review, before);
        assert_eq!(review.press(Key::Interrupt), Some(Verdict::Refused));
    }
    // In what is looked for it is a letter.
    let mut review = review(&[]);
    assert_eq!(press(&mut review, "/q"), None);
    assert_eq!(review.search(), "q");
}

#[test]
fn dangerous_changes_follow_one_another_round_about() {
    let mut review = review(&[]);
    let mut names = Vec::new();
    for key in ["n", "n", "n", "p", "p"] {
        press(&mut review, key);
        names.push(chosen(&review));
    }
    assert_eq!(names, ["Data", "Gone", "Data", "Gone", "Data"]);
}

#[test]
fn filters_go_round_what_there_is() {
    let mut review = review(&[]);
    let mut seen = Vec::new();
    for _ in 0..8 {
        press(&mut review, "f");
        seen.push(review.filter());
    }
    let expected = [
        Filter::Risk(Risk::Medium),
        Filter::Risk(Risk::High),
        Filter::Risk(Risk::Critical),
        Filter::Action(Action::Create),
        Filter::Action(Action::Update),
        Filter::Action(Action::Replace),
        Filter::Action(Action::Delete),
        Filter::All,
    ];
    assert_eq!(seen, expected);
    press(&mut review, "ff");
    assert_eq!(review.rows().len(), 2);
    review.press(Key::Escape);
    assert_eq!(review.rows().len(), 5);
}

#[test]
fn what_is_long_is_read_to_its_end() {
    let mut review = review(&[]);
    review.resize(60, 10);
    press(&mut review, "G\n");
    assert!(screen(&mut review, 60, 13).contains("Gone detail 1\n"));
    for _ in 0..40 {
        review.press(Key::Down);
    }
    assert!(screen(&mut review, 60, 13).contains("Gone detail 30"));
    assert_eq!(chosen(&review), "Gone");
    for _ in 0..60 {
        review.press(Key::Up);
    }
    assert_eq!((chosen(&review).as_str(), review.top()), ("shop", 0));
}

#[test]
fn leaving_a_change_out_is_explained() {
    let mut review = review(&[]);
    press(&mut review, "jx");
    assert!(review.message().contains("`Added`") && review.message().contains("--target"), "{}", review.message());
    assert!(screen(&mut review, 60, 16).contains("@retain"));
}

#[test]
fn everything_is_on_the_screen() {
    let mut review = review(&["shop"]);
    let first = screen(&mut review, 100, 10);
    for text in [
        "deploy: risk: critical",
        "▸ ± Data     AWS::SQS::Queue  replace      critical  shop.cloud:3",
        "0 of 2 dangerous changes",
    ] {
        assert!(first.contains(text), "`{text}` is missing:\n{first}");
    }
    press(&mut review, "n \n");
    let open = screen(&mut review, 100, 10);
    assert!(open.contains("✓ ▾ ± Data") && open.contains("Data detail 3"), "{open}");
    press(&mut review, "?");
    assert!(screen(&mut review, 100, 20).contains("mark a change as reviewed"));
    // Whatever the size, nothing breaks.
    for (width, height) in [(1, 1), (3, 2), (20, 4), (300, 3)] {
        screen(&mut review, width, height);
        press(&mut review, "?");
        screen(&mut review, width, height);
        press(&mut review, "?j");
    }
}

#[test]
fn nothing_to_list_is_fine() {
    let mut review = Review::new(Vec::new(), Vec::new());
    assert_eq!(press(&mut review, "jkGgnpf \nx/z\n"), None);
    screen(&mut review, 40, 5);
    assert_eq!(press(&mut review, "y"), Some(Verdict::Agreed));
}

//! Laws of formulas, checked against truth tables, and the limits on large ones.

use std::time::Instant;

use proptest::prelude::*;

use super::variables::Variables;
use super::*;

/// Places 0 and 1 are `Bool`s, 2 is open, 3 and 4 are closed. Tests without a truth table use further `Bool`s.
type F = Formula<u8>;

/// What a test writes down: a formula before any normalisation.
#[derive(Clone, Debug)]
enum Expr {
    Truth(bool),
    Is(u8, Lit),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

/// Values of each place; the last of the open place is mentioned nowhere.
fn values(place: u8) -> Vec<Lit> {
    match place {
        0 | 1 => vec![Lit::Bool(false), Lit::Bool(true)],
        2 => vec![text("a"), text("b"), text("elsewhere")],
        3 => vec![text("dev"), text("prod"), text("test")],
        _ => vec![Lit::Int(1), Lit::Int(2)],
    }
}

/// Literals each place is compared with: one of them outside the closed domain of place 4.
fn mentioned(place: u8) -> Vec<Lit> {
    match place {
        2 => vec![text("a"), text("b")],
        4 => vec![Lit::Int(1), Lit::Int(2), Lit::Int(3)],
        5.. => vec![Lit::Bool(true)],
        _ => values(place),
    }
}

struct Closed;

impl Domains<u8> for Closed {
    fn domain(&self, place: &u8) -> Option<Vec<Lit>> {
        (*place > 2).then(|| values(*place))
    }
}

fn text(value: &str) -> Lit {
    Lit::Str(value.into())
}

fn flag(place: u8) -> F {
    F::bool_place(place)
}

/// Every assignment of values to the five places.
fn assignments() -> Vec<[Lit; 5]> {
    let mut all = Vec::new();
    for a in values(0) {
        for b in values(1) {
            for c in values(2) {
                for d in values(3) {
                    for e in values(4) {
                        all.push([a.clone(), b.clone(), c.clone(), d.clone(), e]);
                    }
                }
            }
        }
    }
    all
}

fn holds(expr: &Expr, at: &[Lit; 5]) -> bool {
    match expr {
        Expr::Truth(value) => *value,
        Expr::Is(place, lit) => at[usize::from(*place)] == *lit,
        Expr::Not(inner) => !holds(inner, at),
        Expr::And(parts) => parts.iter().all(|part| holds(part, at)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, at)),
    }
}

fn table(expr: &Expr) -> Vec<bool> {
    assignments().iter().map(|at| holds(expr, at)).collect()
}

fn formula(expr: &Expr) -> F {
    match expr {
        Expr::Truth(value) => F::truth(*value),
        Expr::Is(place, lit) => F::is(*place, lit.clone()),
        Expr::Not(inner) => formula(inner).not(),
        Expr::And(parts) => F::and(parts.iter().map(formula)),
        Expr::Or(parts) => F::or(parts.iter().map(formula)),
    }
}

/// The same formula, built back to front, two parts at a time, with negations pushed through De Morgan at odd depths.
fn built_otherwise(expr: &Expr, odd: bool) -> F {
    let parts = |parts: &[Expr]| -> Vec<F> { parts.iter().rev().map(|part| built_otherwise(part, !odd)).collect() };
    match expr {
        Expr::Truth(_) | Expr::Is(..) => formula(expr),
        Expr::Not(inner) => built_otherwise(inner, !odd).not(),
        Expr::And(inner) if odd => F::or(parts(inner).iter().map(F::not)).not(),
        Expr::Or(inner) if odd => F::and(parts(inner).iter().map(F::not)).not(),
        Expr::And(inner) => parts(inner).into_iter().fold(F::True, |a, b| F::and([b, a])),
        Expr::Or(inner) => parts(inner).into_iter().fold(F::False, |a, b| F::or([b, a])),
    }
}

fn rebuilt(formula: &F) -> F {
    formula.map_places(|place| *place)
}

/// Tests of the first so many places.
fn any_test(places: u8) -> impl Strategy<Value = Expr> {
    (0..places, 0usize..3, any::<bool>()).prop_map(|(place, pick, denied)| {
        let lits = mentioned(place);
        let test = Expr::Is(place, lits[pick % lits.len()].clone());
        if denied { Expr::Not(Box::new(test)) } else { test }
    })
}

fn any_expr(places: u8) -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![40 => any_test(places), 1 => any::<bool>().prop_map(Expr::Truth)];
    leaf.prop_recursive(5, 48, 4, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|expr| Expr::Not(Box::new(expr))),
            4 => prop::collection::vec(inner.clone(), 2..5).prop_map(Expr::And),
            4 => prop::collection::vec(inner.clone(), 2..5).prop_map(Expr::Or),
            // Two levels at once, so that fewer trees fold to nothing.
            4 => prop::collection::vec((inner.clone(), inner), 2..5).prop_map(|pairs| {
                Expr::And(pairs.into_iter().map(|(a, b)| Expr::Or(vec![a, b])).collect())
            }),
        ]
    })
}

/// What the types do not say of a canonical formula.
fn check_canonical(formula: &F) -> Result<(), TestCaseError> {
    match formula {
        F::True | F::False => {}
        F::Is { lit, .. } => prop_assert_ne!(lit, &Lit::Bool(false)),
        F::And(parts) | F::Or(parts) => {
            prop_assert!(parts.len() > 1);
            prop_assert!(parts.windows(2).all(|pair| pair[0] < pair[1]));
            for part in parts {
                let same = matches!((formula, part), (F::And(_), F::And(_)) | (F::Or(_), F::Or(_)) | (_, F::True | F::False));
                prop_assert!(!same, "{:?} inside {:?}", part, formula);
                check_canonical(part)?;
            }
        }
    }
    Ok(())
}

fn verdict(value: bool) -> Verdict {
    if value { Verdict::Yes } else { Verdict::No }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_form_means_the_same(expr in any_expr(5)) {
        let formula = formula(&expr);
        check_canonical(&formula)?;
        let found: Vec<_> = assignments()
            .iter()
            .map(|at| formula.evaluate(&|place| Some(at[usize::from(*place)].clone())))
            .collect();
        prop_assert_eq!(found, table(&expr).into_iter().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn normalising_twice_changes_nothing(expr in any_expr(12)) {
        let formula = formula(&expr);
        prop_assert_eq!(&rebuilt(&formula), &formula);
        prop_assert_eq!(&F::and(formula.conjuncts().iter().cloned()), &formula);
        prop_assert_eq!(&F::or(formula.disjuncts().iter().cloned()), &formula);
        prop_assert_eq!(&rebuilt(&formula.not()), &formula.not());
        prop_assert_eq!(formula.not().not(), formula);
    }

    #[test]
    fn order_and_grouping_do_not_matter(expr in any_expr(12)) {
        prop_assert_eq!(built_otherwise(&expr, false), formula(&expr));
        prop_assert_eq!(built_otherwise(&expr, true), formula(&expr));
    }

    #[test]
    fn laws_fold(a in any_expr(12), b in any_expr(12)) {
        let (a, b) = (formula(&a), formula(&b));
        prop_assert!(F::and([a.clone(), a.not()]).is_false());
        prop_assert!(F::or([a.clone(), a.not()]).is_true());
        let absorbed = F::or([a.clone(), F::and([a.clone(), b.clone()])]);
        prop_assert_eq!(&absorbed, &a);
        let absorbed = F::and([a.clone(), F::or([a.clone(), b])]);
        prop_assert_eq!(&absorbed, &a);
    }

    #[test]
    fn questions_agree_with_the_table(a in any_expr(5), b in any_expr(5)) {
        let (rows_a, rows_b) = (table(&a), table(&b));
        let (a, b) = (formula(&a), formula(&b));
        let both = || rows_a.iter().zip(&rows_b);
        prop_assert_eq!(satisfiable(&a, &Closed), verdict(rows_a.contains(&true)));
        // The search answers first on formulas this small, so the diagram is asked directly.
        let described = diagram::satisfiable(&[&a, &b], &Variables::of(&F::Or(Parts::new(vec![a.clone(), b.clone()])), &Closed));
        prop_assert_eq!(described, verdict(both().any(|(a, b)| *a && *b)));
        prop_assert_eq!(implies(&a, &b, &Closed), verdict(both().all(|(a, b)| !a || *b)));
        prop_assert_eq!(equivalent(&a, &b, &Closed), verdict(rows_a == rows_b));
        prop_assert_eq!(disjoint(&a, &b, &Closed), verdict(both().all(|(a, b)| !(*a && *b))));
    }

    #[test]
    fn assuming_agrees_with_the_table(expr in any_expr(5), place in 0u8..5, pick in 0usize..3) {
        let choices = values(place);
        let lit = &choices[pick % choices.len()];
        let full = formula(&expr);
        let left = full.assume(&place, lit);
        check_canonical(&left)?;
        prop_assert!(!left.places().contains(&place));
        prop_assert_eq!(&full.substitute(&|p| (*p == place).then(|| lit.clone())), &left);
        for at in assignments().iter().filter(|at| at[usize::from(place)] == *lit) {
            let found = left.evaluate(&|p| (*p != place).then(|| at[usize::from(*p)].clone()));
            prop_assert_eq!(found, Some(holds(&expr, at)));
        }
    }
}

#[test]
fn tests_of_one_place_settle() {
    let is = |lit: &str| F::is(2, text(lit));
    assert!(F::and([is("a"), is("b")]).is_false());
    assert!(F::or([is("a").not(), is("b").not()]).is_true());
    assert_eq!(F::and([is("a"), is("b").not()]), is("a"));
    assert_eq!(F::or([is("a"), is("b").not()]), is("b").not());
    assert!(F::and([F::or([is("a"), is("b")]), is("c")]).is_false());
    assert_eq!(F::is(0, Lit::Bool(false)), flag(0).not());
}

#[test]
fn closed_domains_decide() {
    let is = |lit: &str| F::is(3, text(lit));
    let none = F::and([is("dev").not(), is("prod").not(), is("test").not()]);
    assert_eq!(satisfiable(&none, &NoDomains), Verdict::Yes);
    assert_eq!(satisfiable(&none, &Closed), Verdict::No);
    let any = F::or([is("dev"), is("prod"), is("test")]);
    assert_eq!(equivalent(&any, &F::True, &Closed), Verdict::Yes);
    assert_eq!(implies(&F::True, &any, &NoDomains), Verdict::No);
    assert_eq!(implies(&F::and([is("dev").not(), is("prod").not()]), &is("test"), &Closed), Verdict::Yes);
}

#[test]
fn distribution_is_left_to_questions() {
    let apart = F::or([F::and([flag(0), flag(1)]), F::and([flag(0), flag(5)])]);
    let factored = F::and([flag(0), F::or([flag(1), flag(5)])]);
    assert_ne!(apart, factored);
    assert_eq!(equivalent(&apart, &factored, &NoDomains), Verdict::Yes);
}

#[test]
fn evaluating_needs_only_what_decides() {
    let formula = F::and([flag(0), F::or([flag(1), F::is(2, text("a"))])]);
    let known = |place: u8, value: bool| move |p: &u8| (*p == place).then_some(Lit::Bool(value));
    assert_eq!(formula.evaluate(&known(0, false)), Some(false));
    assert_eq!(formula.evaluate(&known(0, true)), None);
    assert_eq!(formula.not().evaluate(&known(0, false)), Some(true));
}

#[test]
fn binding_unfolds_and_merging_folds() {
    let formula = F::and([flag(0), flag(1).not()]);
    assert!(formula.map_places(|_| 0u8).is_false());
    let unfolded = formula.bind(&mut |place, lit| match place {
        1 => F::and([F::is(3, text("dev")), flag(5)]),
        _ => F::is(*place, lit.clone()),
    });
    assert_eq!(unfolded, F::and([flag(0), F::or([F::is(3, text("dev")).not(), flag(5).not()])]));
}

#[test]
fn display_is_source_text() {
    let name = |place: &u8| ["a", "b", "stage", "size"][usize::from(*place)].to_string();
    let prod = F::is(2, text("prod"));
    let shown = |formula: F| formula.display(name);
    assert_eq!(shown(F::and([prod.clone(), F::or([flag(0), flag(1).not()])])), r#"stage == "prod" && (a || !b)"#);
    assert_eq!(shown(F::or([flag(0), F::and([prod.not(), F::is(3, Lit::Int(-2))])])), r#"a || stage != "prod" && size == -2"#);
    assert_eq!(shown(F::is(2, text("a\"\\\n${x}"))), r#"stage == "a\"\\\n$${x}""#);
    assert_eq!(shown(F::True), "true");
}

/// A repeatable stream of numbers below `bound`.
fn numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    }
}

/// A condition over 20 places: an "or" of `width` tests.
fn clause(next: &mut impl FnMut(u64) -> u64, width: usize) -> F {
    let tests = (0..width).map(|_| {
        let place = next(20) as u8;
        let test = match place % 2 {
            0 => flag(place),
            _ => F::is(place, Lit::Int(next(4) as i64)),
        };
        if next(2) == 0 { test } else { test.not() }
    });
    F::or(tests.collect::<Vec<_>>())
}

#[test]
fn forty_conditions_over_twenty_places_are_answered() {
    let (mut asked, mut gave_up) = (0, 0);
    let start = Instant::now();
    for (seed, width) in (0..10).flat_map(|seed| (2..5).map(move |width| (seed, width))) {
        let mut next = numbers(seed);
        let conditions: Vec<F> = (0..40).map(|_| clause(&mut next, width)).collect();
        let all = F::and(conditions.clone());
        let most = F::and(conditions[1..].to_vec());
        let other = F::and((0..3).map(|_| clause(&mut next, width)).collect::<Vec<_>>());
        assert_eq!(implies(&all, &most, &NoDomains), Verdict::Yes);
        for (a, b) in [(&most, &all), (&all, &other), (&other, &most.not())] {
            asked += 1;
            gave_up += usize::from(implies(a, b, &NoDomains) == Verdict::GaveUp);
        }
    }
    assert!(gave_up * 10 <= asked, "gave up on {gave_up} of {asked}");
    // A question takes a few milliseconds at most. The limit leaves room for a slow machine, not for a blow-up.
    assert!(start.elapsed().as_millis() < 50 * asked as u128, "{:?}", start.elapsed());
}

/// Each of `holes + 1` places has one of `holes` values, no two the same: false, but not by any short argument.
fn crowded(holes: u8) -> F {
    let sits = |place: u8, hole: u8| F::bool_place(place * holes + hole);
    let somewhere = (0..=holes).map(|place| F::or((0..holes).map(|hole| sits(place, hole))));
    let alone = (0..holes)
        .flat_map(|hole| (0..=holes).flat_map(move |a| (0..a).map(move |b| F::and([sits(a, hole), sits(b, hole)]).not())));
    F::and(somewhere.chain(alone).collect::<Vec<_>>())
}

#[test]
fn tangled_formulas_end_in_giving_up() {
    assert_eq!(satisfiable(&crowded(3), &NoDomains), Verdict::No);
    let start = Instant::now();
    assert_eq!(satisfiable(&crowded(12), &NoDomains), Verdict::GaveUp);
    assert!(start.elapsed().as_millis() < 1_000, "{:?}", start.elapsed());
}

#[test]
fn large_formulas_are_built_in_proportion() {
    let start = Instant::now();
    let mut next = numbers(7);
    // One part at a time, as nested `if`s build it.
    let grown = (0..200).fold(F::True, |whole, _| F::and([whole, clause(&mut next, 4)]));
    assert!(grown.conjuncts().len() > 100);
    let size = |value: i64| F::is(u8::MAX, Lit::Int(value));
    let wide = F::or((0..1_000).map(|at| F::and([size(at), flag((at % 200) as u8)])));
    assert_eq!(wide.disjuncts().len(), 1_000);
    let flat = F::or((0..1_000).map(size));
    assert_eq!(implies(&size(500), &flat, &NoDomains), Verdict::Yes);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

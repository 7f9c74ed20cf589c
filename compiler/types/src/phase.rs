//! Phases: when a value is known. A constant joined with variables that a caller fills in.

/// When something is known, without variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Base {
    /// When compiling.
    #[default]
    Const,
    /// When the deployment starts.
    Param,
    /// Once resources exist.
    Deploy,
}

/// A phase: at least `base`, and at least the phase of every variable in `vars`.
///
/// Variables belong to one component or function: one per type constructor of its inputs, at most [`Phase::VARS`];
/// constructors beyond share the last one, which can only make a bound stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Phase {
    /// The constant part.
    pub base: Base,
    /// A bit per variable.
    pub vars: u128,
}

impl Phase {
    /// Known when compiling.
    pub const CONST: Phase = Phase { base: Base::Const, vars: 0 };
    /// Known when the deployment starts.
    pub const PARAM: Phase = Phase { base: Base::Param, vars: 0 };
    /// Known once resources exist.
    pub const DEPLOY: Phase = Phase { base: Base::Deploy, vars: 0 };
    /// How many variables one component or function has.
    pub const VARS: u32 = 128;

    /// The phase of variable `index`.
    pub fn var(index: u32) -> Self {
        Phase { base: Base::Const, vars: 1 << index.min(Self::VARS - 1) }
    }

    /// The later of both.
    pub fn join(self, other: Self) -> Self {
        Phase { base: self.base.max(other.base), vars: self.vars | other.vars }
    }

    /// Whether it is const whatever the variables are.
    pub fn is_const(self) -> bool {
        self == Self::CONST
    }

    /// The indices of its variables.
    pub fn variables(self) -> impl Iterator<Item = u32> {
        (0..Self::VARS).filter(move |index| self.vars & (1 << index) != 0)
    }

    /// Fills in the variables; those without an actual phase are const.
    pub fn substitute(self, actual: &[Phase]) -> Self {
        let mut result = Phase { base: self.base, vars: 0 };
        if self.vars != 0 {
            for index in self.variables() {
                result = result.join(actual.get(index as usize).copied().unwrap_or_default());
            }
        }
        result
    }
}

impl Base {
    /// As the user knows it.
    pub fn describe(self) -> &'static str {
        match self {
            Base::Const => "known when compiling",
            Base::Param => "known only when the deployment starts",
            Base::Deploy => "known only once the resources exist",
        }
    }

    /// Its short name, as hover shows it.
    pub fn name(self) -> &'static str {
        match self {
            Base::Const => "const",
            Base::Param => "param",
            Base::Deploy => "deploy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let phase = Phase::var(0).join(Phase::var(2));
        assert_eq!(phase.substitute(&[Phase::PARAM, Phase::DEPLOY, Phase::CONST]), Phase::PARAM);
        assert_eq!(phase.substitute(&[]), Phase::CONST);
        assert_eq!(Phase::var(500), Phase::var(Phase::VARS - 1));
    }
}

//! Points at which an execution can go one way or another, and the walk through all of them.

/// The choices of one evaluation. Between evaluations [`Choices::advance`] sets the next
/// combination, like an odometer: the last choice turns fastest.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    /// What was chosen, and out of how many.
    made: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    /// One of `count` ways, which is at least 1.
    pub(crate) fn pick(&mut self, count: usize) -> usize {
        if self.at == self.made.len() {
            self.made.push((0, count));
        }
        let chosen = self.made.get(self.at).map_or(0, |(chosen, _)| *chosen);
        self.at += 1;
        chosen
    }

    /// Goes to the next combination; false after the last one.
    pub(crate) fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((chosen, count)) = self.made.last_mut() {
            if *chosen + 1 < *count {
                *chosen += 1;
                return true;
            }
            self.made.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn every_combination_comes_once() {
        let mut choices = Choices::default();
        let mut seen = Vec::new();
        loop {
            let first = choices.pick(2);
            let second = if first == 0 { choices.pick(3) } else { 9 };
            seen.push((first, second));
            if !choices.advance() {
                break;
            }
        }
        assert_eq!(seen, [(0, 0), (0, 1), (0, 2), (1, 9)]);
    }
}

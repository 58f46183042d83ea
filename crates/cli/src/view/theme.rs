use ratatui::style::{Color, Modifier, Style};

/// How things look, with colour or without.
///
/// Nothing is said by colour alone.
///
/// # Source
/// <https://no-color.org>
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    has_color: bool,
}

impl Theme {
    /// Without colour when `NO_COLOR` is set to anything.
    pub(crate) fn from_environment() -> Self {
        Self { has_color: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { has_color: false }
    }

    pub(crate) fn faint(self) -> Style {
        if self.has_color {
            Style::new().fg(Color::DarkGray)
        } else {
            Style::new().add_modifier(Modifier::DIM)
        }
    }

    pub(crate) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(crate) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(crate) fn bar(self) -> Style {
        if self.has_color {
            Style::new().bg(Color::Indexed(236)).fg(Color::White)
        } else {
            Style::new().add_modifier(Modifier::REVERSED)
        }
    }

    pub(crate) fn accent(self) -> Style {
        self.colored(Color::Cyan)
    }

    pub(crate) fn good(self) -> Style {
        self.colored(Color::Green)
    }

    pub(crate) fn warning(self) -> Style {
        self.colored(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    pub(crate) fn bad(self) -> Style {
        self.colored(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// Each person has a colour of their own.
    pub(crate) fn person(self, address: &str) -> Style {
        const COLORS: [Color; 6] =
            [Color::Cyan, Color::Green, Color::Magenta, Color::Blue, Color::Yellow, Color::LightRed];
        let sum = address.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        self.colored(COLORS[sum % COLORS.len()]).add_modifier(Modifier::BOLD)
    }

    fn colored(self, color: Color) -> Style {
        if self.has_color { Style::new().fg(color) } else { Style::new() }
    }
}

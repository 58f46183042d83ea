// Runs before anything is painted, so that the colours do not flash.
try {
  const theme = localStorage.getItem("parlance-theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
    document.querySelector("meta[name=color-scheme]").content = theme;
    const colour = document.querySelector(`meta[name=theme-color][media*=${theme}]`).content;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = colour;
  }
} catch {
  // Without storage the system decides.
}

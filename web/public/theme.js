// Runs before anything is painted, so that the colours do not flash.
try {
  const theme = localStorage.getItem("parlance-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system decides.
}

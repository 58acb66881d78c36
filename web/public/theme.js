// SPDX-License-Identifier: MIT
// Sets the chosen colours before the first paint; a separate file because inline script is forbidden.
(function () {
  try {
    const theme = localStorage.getItem('ttvm.theme');
    if (theme === 'light' || theme === 'dark' || theme === 'contrast')
      document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's colours are used then.
  }
})();

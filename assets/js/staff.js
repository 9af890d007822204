import htmx from "htmx.org";
import { startComboboxes } from "./combobox.js";
import { startCopying } from "./copying.js";
import { startDays } from "./days.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startDue } from "./due.js";
import { startErrorSummary } from "./errors.js";
import { startGroups } from "./groups.js";
import { showInserting, startInserting } from "./inserting.js";
import { startKeying } from "./keying.js";
import { startMenus } from "./menus.js";
import { startPreviewing } from "./previewing.js";
import { startReports } from "./reports.js";
import { startSearching } from "./searching.js";
import { startShortcuts } from "./shortcuts.js";
import { guardNumbers, startSteppers } from "./stepper.js";
import { startTheme } from "./theme.js";

window.htmx = htmx;

startMenus();
startDays();
startDialogs();
startDue();
startSearching();
startShortcuts();
startTheme();
startErrorSummary();
startInserting();
startKeying();
guardNumbers();

function enhance(root) {
  startComboboxes(root);
  startCopying(root);
  startSteppers(root);
  startGroups(root);
  startReports(root);
  startDrafts(root);
  startPreviewing(root);
  showInserting(root);
}

enhance(document);
document.addEventListener("htmx:load", (event) => {
  // What somebody has just added is where they go on.
  event.detail.elt.querySelector?.("[data-new]")?.focus();
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});

import { startCopying } from "./copying.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startErrorSummary } from "./errors.js";

startDialogs();
startErrorSummary();
startCopying(document);
startDrafts(document);

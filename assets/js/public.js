import { startCopying } from "./copying.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startErrorSummary } from "./errors.js";
import { startLeaving } from "./leaving.js";
import { startSharing } from "./sharing.js";

startDialogs();
startErrorSummary();
startCopying(document);
startLeaving();
startSharing();
startDrafts(document);

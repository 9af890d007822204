/* Reports written on a phone: the parts are brought only where there is a form, or something waits. */
import { mayWait } from "./reporting/keeping.js";
import { startMeetings } from "./reporting/meeting.js";

let started = false;

export function startReports(root) {
  startMeetings(root);
  const writes = root.querySelector("form[data-report]");
  if (!("indexedDB" in window)) return;
  if (!started && (writes || mayWait())) {
    started = true;
    import("./reporting/waiting.js").then(({ guardSignOut, startWaiting }) => {
      guardSignOut(document);
      return startWaiting();
    });
  }
  if (writes) import("./reporting/form.js").then(({ startReportForms }) => startReportForms(root));
}

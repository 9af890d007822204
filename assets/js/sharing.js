/* <button data-share-url data-share-title>: shown only where the device has a way of its own to share. */
export function startSharing() {
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-share-url]")) {
    button.hidden = false;
    button.addEventListener("click", () =>
      navigator.share({ title: button.dataset.shareTitle, url: button.dataset.shareUrl }).catch(() => {}),
    );
  }
}

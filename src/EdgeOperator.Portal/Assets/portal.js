// What pages do beyond what a browser does by itself. Every page works without it, but for logs.
"use strict";
(() => {
  const root = document.documentElement;

  // Before anything is shown, so that nothing flashes.
  const stored = (() => { try { return localStorage.getItem("edgeop-theme"); } catch { return null; } })();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;

  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  function themeSwitch() {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      const show = () => { button.textContent = isDark() ? "Light" : "Dark"; };
      button.hidden = false;
      show();
      button.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        try { localStorage.setItem("edgeop-theme", root.dataset.theme); } catch { /* It lasts as long as the page. */ }
        show();
      });
    }
  }

  function copyButtons(within) {
    if (!navigator.clipboard) return;
    for (const line of within.querySelectorAll("[data-copy]")) {
      if (line.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy " + line.querySelector("code").textContent.slice(0, 60));
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(line.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      line.append(button);
    }
  }

  // Reads the page again when something happens, and puts in what has changed.
  function live(region) {
    const leastInterval = 2000, mostSilence = 30000;
    let last = Date.now(), waiting = null, busy = false;

    const isTyped = () => {
      const active = document.activeElement;
      return (region.contains(active) && active.matches("input:not([type=hidden]), textarea, select"))
        || [...region.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")].some(f => f.value !== f.defaultValue)
        || [...region.querySelectorAll("input[type=checkbox]")].some(f => f.checked !== f.defaultChecked);
    };

    async function refresh() {
      waiting = null;
      if (busy || document.hidden || isTyped()) return;
      busy = true;
      try {
        const answer = await fetch(location.href, { headers: { "X-Edgeop-Refresh": "1" }, credentials: "same-origin" });
        if (answer.redirected) { location.reload(); return; }
        if (!answer.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
        if (fresh && !isTyped()) replace(fresh);
      } catch {
        // The hub is away; the connection for events says when it is back.
      } finally {
        last = Date.now();
        busy = false;
      }
    }

    function replace(fresh) {
      const focusable = within => [...within.querySelectorAll("a[href], button:not(.copy), summary, input:not([type=hidden]), select")];
      const focused = focusable(region).indexOf(document.activeElement);
      const open = [...region.querySelectorAll("details")].map(d => d.open);
      region.replaceChildren(...[...fresh.childNodes].map(n => document.importNode(n, true)));
      region.querySelectorAll("details").forEach((d, i) => { d.open = !!open[i]; });
      if (focused >= 0) focusable(region)[focused]?.focus({ preventScroll: true });
      copyButtons(region);
    }

    const soon = () => { waiting ??= setTimeout(refresh, Math.max(200, leastInterval - (Date.now() - last))); };
    const events = new EventSource("live/events" + region.dataset.live);
    for (const type of ["deviceConnected", "deviceDisconnected", "createDeviceIdentity", "deleteDeviceIdentity", "decommissionDevice", "updateTwin",
      "enrollmentRequested", "enrollmentApproved", "enrollmentDenied", "remoteOpened", "remoteClosed", "rolloutProgressed", "revisionAssigned", "repositorySynced", "repositoryFailed", "alertFiring", "alertResolved", "audited"]) events.addEventListener(type, soon);
    setInterval(() => { if (Date.now() - last > mostSilence) soon(); }, 5000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
    addEventListener("pagehide", () => events.close());
  }

  async function log(target) {
    const state = document.querySelector("[data-log-state]"), mostCharacters = 2_000_000;
    const say = text => { state.textContent = text; };
    say("Opening …");
    try {
      const answer = await fetch(target.dataset.log, { credentials: "same-origin" });
      if (!answer.ok) {
        const problem = await answer.json().catch(() => ({}));
        let text = String(problem.Message || "the hub refuses");
        if (text.startsWith("{")) text = JSON.parse(text).message; else text = text.replace(/^ErrorCode:\w+;/, "");
        say("The log can't be read: " + text);
        state.classList.add("error");
        return;
      }
      say("Live: new lines appear as they come.");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 40;
        target.append(document.createTextNode(value));
        while (target.textContent.length > mostCharacters && target.firstChild) target.firstChild.remove();
        if (atEnd) target.scrollTop = target.scrollHeight;
      }
      say("The log has ended.");
    } catch {
      say("The connection has ended.");
    }
  }

  addEventListener("DOMContentLoaded", () => {
    themeSwitch();
    copyButtons(document);
    const region = document.querySelector("[data-live]");
    if (region) live(region);
    const output = document.querySelector("[data-log]");
    if (output) log(output);
    for (const form of document.querySelectorAll("form[method=post]"))
      form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach(b => { b.disabled = true; })));
    addEventListener("pageshow", event => { if (event.persisted) document.querySelectorAll("form button").forEach(b => { b.disabled = false; }); });
  });
})();

// A terminal for commands on devices and for consoles of machines: speaks the frames of /api/v1/devices/DEVICE/exec and /console, and shows what xterm's control sequences ask for
// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), as far as shells, editors and pagers need them. Text is put in as text only.
"use strict";
(() => {
  const START = 0, INPUT = 1, RESIZE = 2, OUTPUT = 3, ERRORS = 4, EXIT = 5, FAILURE = 6;
  const mostScrollback = 2000, mostParameters = 32, mostString = 4096;

  // Two columns: East Asian wide characters and emoji.
  const isWide = c => (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c !== 0x303f) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
    || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd);
  const isCombining = c => (c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) || c === 0x200d;

  class Screen {
    constructor(columns, rows, answer) {
      this.answer = answer;
      this.scrolled = [];
      this.dropped = 0;
      this.size(columns, rows);
      this.reset();
    }

    size(columns, rows) {
      const before = this.lines;
      [this.columns, this.rows] = [columns, rows];
      if (before) {
        const fit = lines => {
          while (lines.length > rows && this.y > 0) { this.keep(lines.shift()); this.y--; }
          lines.length = Math.min(lines.length, rows);
          while (lines.length < rows) lines.push(this.blank());
          for (const line of lines) { line.length = Math.min(line.length, columns); while (line.length < columns) line.push(this.cell()); line.isDirty = true; }
        };
        fit(this.lines);
        if (this.other) fit(this.other.lines);
        this.x = Math.min(this.x, columns - 1);
        this.y = Math.min(this.y, rows - 1);
      }
      [this.top, this.bottom] = [0, rows - 1];
    }

    reset() {
      this.style = {};
      [this.x, this.y, this.top, this.bottom, this.wraps] = [0, 0, 0, this.rows - 1, false];
      this.saved = null;
      this.other = null;
      this.modes = { wrap: true, cursor: true, keys: false, paste: false, origin: false, insert: false };
      this.drawing = false;
      this.lines = Array.from({ length: this.rows }, () => this.blank());
      this.state = "";
      this.title = "";
    }

    cell() { return { text: " ", style: this.style.back === undefined ? {} : { back: this.style.back } }; }
    blank() { const line = Array.from({ length: this.columns }, () => this.cell()); line.isDirty = true; return line; }
    keep(line) { if (this.other) return; this.scrolled.push(line); if (this.scrolled.length > mostScrollback) { this.scrolled.shift(); this.dropped++; } }

    scroll(count, from = this.top) {
      for (; count > 0; count--) {
        const [gone] = this.lines.splice(from, 1);
        if (from === 0 && this.top === 0) this.keep(gone);
        this.lines.splice(this.bottom, 0, this.blank());
      }
      for (; count < 0; count++) { this.lines.splice(this.bottom, 1); this.lines.splice(from, 0, this.blank()); }
      for (const line of this.lines) line.isDirty = true;
    }

    lineFeed() { if (this.y === this.bottom) this.scroll(1); else if (this.y < this.rows - 1) this.y++; }
    touch(y = this.y) { this.lines[y].isDirty = true; return this.lines[y]; }
    erase(y, from, to) { const line = this.touch(y); for (let x = Math.max(0, from); x < Math.min(this.columns, to); x++) line[x] = this.cell(); }
    go(x, y) { this.x = Math.max(0, Math.min(this.columns - 1, x)); this.y = Math.max(0, Math.min(this.rows - 1, y)); this.wraps = false; }

    put(character) {
      const code = character.codePointAt(0), width = isWide(code) ? 2 : 1;
      if (isCombining(code)) { const at = this.touch()[Math.max(0, this.wraps ? this.x : this.x - 1)]; if (at.text.length < 16) at.text += character; return; }
      if (this.wraps && this.modes.wrap) { this.x = 0; this.lineFeed(); this.wraps = false; }
      const line = this.touch();
      if (this.modes.insert) { line.splice(this.x, 0, ...Array.from({ length: width }, () => this.cell())); line.length = this.columns; }
      line[this.x] = { text: this.drawing ? ("`abcdefghijklmnopqrstuvwxyz{|}~".includes(character) ? "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"[code - 96] : character) : character, style: this.style };
      if (width === 2 && this.x + 1 < this.columns) line[this.x + 1] = { text: "", style: this.style };
      if (this.x + width >= this.columns) { this.x = this.columns - 1; this.wraps = true; } else this.x += width;
    }

    write(text) { for (const character of text) this.take(character); }

    take(c) {
      const code = c.codePointAt(0);
      switch (this.state) {
        case "":
          if (code >= 0x20 && code !== 0x7f) { if (code < 0x80 || code > 0x9f) this.put(c); } else this.control(code);
          return;
        case "escape": this.escape(c); return;
        case "csi":
          if (code === 0x1b) { this.state = "escape"; return; }
          if (code < 0x20) { this.control(code); return; }
          if (code >= 0x40 && code <= 0x7e) { this.state = ""; this.sequence(c, this.collected); return; }
          if (this.collected.length < 128) this.collected += c;
          return;
        case "charset": this.state = ""; if (this.collected === "(") this.drawing = c === "0"; return;
        case "skip": this.state = ""; return;
        case "string":
          if (code === 0x07) { this.state = ""; this.system(this.collected); return; }
          if (code === 0x1b) { this.state = "stringEnd"; return; }
          if (this.collected.length < mostString) this.collected += c;
          return;
        case "stringEnd": this.state = ""; this.system(this.collected); if (c !== "\\") { this.state = "escape"; this.escape(c); } return;
      }
    }

    control(code) {
      switch (code) {
        case 0x08: if (this.x > 0 && !this.wraps) this.x--; this.wraps = false; break;
        case 0x09: this.go(Math.min(this.columns - 1, (this.x >> 3 << 3) + 8), this.y); break;
        case 0x0a: case 0x0b: case 0x0c: this.lineFeed(); this.wraps = false; break;
        case 0x0d: this.x = 0; this.wraps = false; break;
        case 0x1b: this.state = "escape"; break;
      }
    }

    escape(c) {
      this.state = "";
      this.collected = "";
      switch (c) {
        case "[": this.state = "csi"; break;
        case "]": case "P": case "X": case "^": case "_": this.state = "string"; this.isSystem = c === "]"; break;
        case "(": case ")": case "*": case "+": this.state = "charset"; this.collected = c; break;
        case "#": case "%": case " ": this.state = "skip"; break;
        case "7": this.save(); break;
        case "8": this.restore(); break;
        case "c": this.reset(); break;
        case "D": this.lineFeed(); break;
        case "E": this.x = 0; this.lineFeed(); break;
        case "M": if (this.y === this.top) this.scroll(-1); else if (this.y > 0) this.y--; break;
      }
    }

    // A title, and nothing else: what a device sends reads no clipboard and opens nothing.
    system(text) { if (this.isSystem && /^[02];/.test(text)) this.title = text.slice(2, 202); }

    save() { this.saved = { x: this.x, y: this.y, style: this.style, drawing: this.drawing }; }
    restore() { const s = this.saved ?? { x: 0, y: 0, style: {}, drawing: false }; this.go(s.x, s.y); [this.style, this.drawing] = [s.style, s.drawing]; }

    sequence(final, text) {
      const mark = /^[?<=>!]/.test(text) ? text[0] : "", numbers = text.replace(/[^0-9;:]/g, "").split(";").slice(0, mostParameters).map(n => Math.min(65535, Number.parseInt(n, 10) || 0));
      const n = Math.max(1, numbers[0] ?? 1), line = this.lines[this.y], cells = count => Array.from({ length: Math.min(count, this.columns) }, () => this.cell());
      if (mark === "?") { if (final === "h" || final === "l") for (const mode of numbers) this.mode(mode, final === "h"); return; }
      if (mark) { if (mark === ">" && final === "c") this.answer("\x1b[>0;0;0c"); return; }
      switch (final) {
        case "A": this.go(this.x, Math.max(this.y >= this.top ? this.top : 0, this.y - n)); break;
        case "B": case "e": this.go(this.x, Math.min(this.y <= this.bottom ? this.bottom : this.rows - 1, this.y + n)); break;
        case "C": case "a": this.go(this.x + n, this.y); break;
        case "D": this.go(this.x - n, this.y); break;
        case "E": this.go(0, this.y + n); break;
        case "F": this.go(0, this.y - n); break;
        case "G": case "`": this.go(n - 1, this.y); break;
        case "H": case "f": this.go(Math.max(1, numbers[1] ?? 1) - 1, n - 1 + (this.modes.origin ? this.top : 0)); break;
        case "d": this.go(this.x, n - 1); break;
        case "J": {
          const part = numbers[0] ?? 0;
          if (part === 0) { this.erase(this.y, this.x, this.columns); for (let y = this.y + 1; y < this.rows; y++) this.erase(y, 0, this.columns); }
          else if (part === 1) { for (let y = 0; y < this.y; y++) this.erase(y, 0, this.columns); this.erase(this.y, 0, this.x + 1); }
          else { for (let y = 0; y < this.rows; y++) this.erase(y, 0, this.columns); if (part === 3) { this.dropped += this.scrolled.length; this.scrolled = []; } }
          break;
        }
        case "K": { const part = numbers[0] ?? 0; this.erase(this.y, part === 0 ? this.x : 0, part === 1 ? this.x + 1 : this.columns); break; }
        case "L": case "M": if (this.y >= this.top && this.y <= this.bottom) this.scroll(Math.min(n, this.rows) * (final === "L" ? -1 : 1), this.y); break;
        case "P": line.splice(this.x, n); line.push(...cells(this.columns - line.length)); this.touch(); break;
        case "@": line.splice(this.x, 0, ...cells(n)); line.length = this.columns; this.touch(); break;
        case "X": this.erase(this.y, this.x, this.x + n); break;
        case "S": this.scroll(Math.min(n, this.rows)); break;
        case "T": this.scroll(-Math.min(n, this.rows)); break;
        case "h": case "l": if (numbers[0] === 4) this.modes.insert = final === "h"; break;
        case "m": this.colours(numbers); break;
        case "n": if (numbers[0] === 6) this.answer(`\x1b[${this.y + 1};${this.x + 1}R`); else if (numbers[0] === 5) this.answer("\x1b[0n"); break;
        case "c": this.answer("\x1b[?6c"); break;
        case "r": { const [top, bottom] = [n - 1, (numbers[1] || this.rows) - 1]; if (top < bottom && bottom < this.rows) { [this.top, this.bottom] = [top, bottom]; this.go(0, this.modes.origin ? top : 0); } break; }
        case "s": this.save(); break;
        case "u": this.restore(); break;
      }
    }

    mode(number, isOn) {
      switch (number) {
        case 1: this.modes.keys = isOn; break;
        case 6: this.modes.origin = isOn; this.go(0, isOn ? this.top : 0); break;
        case 7: this.modes.wrap = isOn; break;
        case 25: this.modes.cursor = isOn; break;
        case 2004: this.modes.paste = isOn; break;
        case 47: case 1047: case 1049:
          if (isOn === !!this.other) break;
          if (isOn) { if (number === 1049) this.save(); this.other = { lines: this.lines }; this.lines = Array.from({ length: this.rows }, () => this.blank()); }
          else { this.lines = this.other.lines; this.other = null; for (const line of this.lines) line.isDirty = true; if (number === 1049) this.restore(); }
          [this.top, this.bottom] = [0, this.rows - 1];
          break;
      }
    }

    colours(numbers) {
      let style = { ...this.style };
      for (let i = 0; i < numbers.length; i++) {
        const n = numbers[i];
        if (n === 0) style = {};
        else if (n === 1) style.bold = true;
        else if (n === 2) style.dim = true;
        else if (n === 3) style.italic = true;
        else if (n === 4) style.line = true;
        else if (n === 7) style.inverse = true;
        else if (n === 8) style.hidden = true;
        else if (n === 9) style.strike = true;
        else if (n === 22) { delete style.bold; delete style.dim; }
        else if (n === 23) delete style.italic;
        else if (n === 24) delete style.line;
        else if (n === 27) delete style.inverse;
        else if (n === 28) delete style.hidden;
        else if (n === 29) delete style.strike;
        else if (n >= 30 && n <= 37) style.fore = n - 30;
        else if (n >= 90 && n <= 97) style.fore = n - 82;
        else if (n >= 40 && n <= 47) style.back = n - 40;
        else if (n >= 100 && n <= 107) style.back = n - 92;
        else if (n === 39) delete style.fore;
        else if (n === 49) delete style.back;
        else if (n === 38 || n === 48) {
          const name = n === 38 ? "fore" : "back";
          if (numbers[i + 1] === 5) { style[name] = Math.min(255, numbers[i + 2] ?? 0); i += 2; }
          else if (numbers[i + 1] === 2) { style[name] = `rgb(${[2, 3, 4].map(k => Math.min(255, numbers[i + k] ?? 0)).join(",")})`; i += 4; }
        }
      }
      this.style = style;
    }
  }

  const rgb = n => n < 232 ? `rgb(${[36, 6, 1].map(d => Math.floor((n - 16) / d) % 6).map(v => v && v * 40 + 55).join(",")})` : `rgb(${Array(3).fill((n - 232) * 10 + 8).join(",")})`;

  function drawLine(line, element, cursor) {
    const parts = [];
    let run = null;
    line.forEach((cell, x) => {
      const isCursor = x === cursor, key = isCursor ? null : cell.style;
      if (run && run.key === key && key !== null) run.text += cell.text;
      else parts.push(run = { key, style: cell.style, text: cell.text, isCursor });
    });
    element.replaceChildren(...parts.map(part => {
      const span = document.createElement("span"), s = part.style;
      span.textContent = s.hidden ? part.text.replace(/\S/g, " ") : part.text;
      const classes = ["bold", "dim", "italic", "line", "strike", "inverse"].filter(name => s[name]).map(name => "t-" + name);
      for (const [side, value] of [["f", s.fore], ["b", s.back]]) {
        if (typeof value === "number" && value < 16) classes.push(`t-${side}${value}`);
        else if (value !== undefined) span.style[side === "f" ? "color" : "backgroundColor"] = typeof value === "number" ? rgb(value) : value;
      }
      if (part.isCursor) classes.push("t-cursor");
      if (classes.length) span.className = classes.join(" ");
      return span;
    }));
  }

  const keys = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Home: "H", End: "F" };
  const others = { Insert: "2~", Delete: "3~", PageUp: "5~", PageDown: "6~", F5: "15~", F6: "17~", F7: "18~", F8: "19~", F9: "20~", F10: "21~", F11: "23~", F12: "24~" };
  const firstFunctions = { F1: "P", F2: "Q", F3: "R", F4: "S" };

  function bytesOf(event, screen) {
    if (event.metaKey || (event.ctrlKey && event.shiftKey)) return null;
    const modifier = 1 + (event.shiftKey ? 1 : 0) + (event.altKey ? 2 : 0) + (event.ctrlKey ? 4 : 0);
    if (keys[event.key]) return modifier > 1 ? `\x1b[1;${modifier}${keys[event.key]}` : `\x1b${screen.modes.keys ? "O" : "["}${keys[event.key]}`;
    if (others[event.key]) return `\x1b[${modifier > 1 ? others[event.key].replace("~", `;${modifier}~`) : others[event.key]}`;
    if (firstFunctions[event.key]) return modifier > 1 ? `\x1b[1;${modifier}${firstFunctions[event.key]}` : `\x1bO${firstFunctions[event.key]}`;
    const before = event.altKey ? "\x1b" : "";
    switch (event.key) {
      case "Enter": return before + "\r";
      case "Backspace": return before + (event.ctrlKey ? "\b" : "\x7f");
      case "Tab": return event.shiftKey ? "\x1b[Z" : "\t";
      case "Escape": return before + "\x1b";
    }
    if (event.key.length !== 1) return null;
    if (!event.ctrlKey) return event.altKey && !event.getModifierState("AltGraph") ? before + event.key : null;
    const code = event.key.toUpperCase().charCodeAt(0);
    return event.key === " " ? before + "\0" : code >= 0x40 && code <= 0x5f ? before + String.fromCharCode(code - 0x40) : event.key === "?" ? before + "\x7f" : null;
  }

  function terminal(root) {
    const view = root.querySelector("[data-screen]"), input = root.querySelector("textarea"), state = document.querySelector("[data-terminal-state]"), end = root.querySelector("[data-end]");
    const say = (text, isBad) => { state.textContent = text; state.classList.toggle("error", !!isBad); };
    const rows = [], encoder = new TextEncoder(), decoder = new TextDecoder();
    let socket = null, pending = new Uint8Array(0), isDrawing = false, kept = 0, isOver = false;

    const measure = () => {
      const probe = document.createElement("span");
      probe.textContent = "M".repeat(50);
      view.append(probe);
      const box = probe.getBoundingClientRect(), inner = view.clientWidth - 16;
      probe.remove();
      return [Math.max(20, Math.min(500, Math.floor(inner / (box.width / 50)))), Math.max(5, Math.min(200, Math.floor((view.clientHeight - 12) / box.height)))];
    };
    const [columns, height] = measure();
    const screen = new Screen(columns, height, text => send(INPUT, encoder.encode(text)));

    function send(kind, content) {
      if (socket?.readyState !== WebSocket.OPEN) return;
      for (let from = 0; from === 0 || from < content.length; from += 16384) {
        const part = content.subarray(from, from + 16384), frame = new Uint8Array(5 + part.length);
        frame[0] = kind;
        new DataView(frame.buffer).setUint32(1, part.length);
        frame.set(part, 5);
        socket.send(frame);
      }
    }
    const type = text => { if (text) send(INPUT, encoder.encode(text)); };

    function draw() {
      isDrawing = false;
      const atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 30;
      for (const line of screen.scrolled.slice(Math.max(0, kept - screen.dropped))) { const element = document.createElement("div"); drawLine(line, element, -1); view.insertBefore(element, rows[0] ?? null); }
      for (let gone = view.childElementCount - rows.length - screen.scrolled.length; gone > 0; gone--) view.firstElementChild.remove();
      kept = screen.dropped + screen.scrolled.length;
      while (rows.length < screen.rows) { const element = document.createElement("div"); view.append(element); rows.push(element); screen.lines[rows.length - 1].isDirty = true; }
      while (rows.length > screen.rows) rows.pop().remove();
      screen.lines.forEach((line, y) => {
        const cursor = screen.modes.cursor && !isOver && y === screen.y ? screen.x : -1;
        if (line.isDirty || line.cursor !== cursor || line.element !== rows[y]) { drawLine(line, rows[y], cursor); line.isDirty = false; line.cursor = cursor; line.element = rows[y]; }
      });
      if (atEnd) view.scrollTop = view.scrollHeight;
    }
    const soon = () => { if (!isDrawing) { isDrawing = true; requestAnimationFrame(draw); } };

    function frame(kind, content) {
      if (kind === OUTPUT || kind === ERRORS) screen.write(decoder.decode(content, { stream: true }));
      else if (kind === EXIT) { over(root.dataset.ended.replace("{code}", new DataView(content.buffer, content.byteOffset, 4).getInt32(0))); }
      else if (kind === FAILURE) { let problem = {}; try { problem = JSON.parse(new TextDecoder().decode(content)); } catch { /* The device said nonsense. */ } over(`${root.dataset.refused}: ${problem.detail || "the device does not say why"}`, true); }
      soon();
    }

    function receive(data) {
      const all = new Uint8Array(pending.length + data.byteLength);
      all.set(pending);
      all.set(new Uint8Array(data), pending.length);
      let at = 0;
      while (all.length - at >= 5) {
        const length = new DataView(all.buffer, at).getUint32(1);
        if (length > 1048576) { socket.close(); return; }
        if (all.length - at < 5 + length) break;
        frame(all[at], all.subarray(at + 5, at + 5 + length));
        at += 5 + length;
      }
      pending = all.slice(at);
    }

    function over(text, isBad) {
      if (isOver) return;
      isOver = true;
      say(text, isBad);
      end.textContent = "Again";
      socket?.close();
      soon();
    }

    function connect() {
      say("Opening …");
      const address = new URL(root.dataset.terminal, document.baseURI);
      address.protocol = "wss:";
      socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      let wasOpen = false;
      socket.addEventListener("open", () => {
        wasOpen = true;
        say("Connected. Ctrl+Shift+F6 leaves the terminal for the rest of the page.");
        end.hidden = false;
        send(START, encoder.encode(JSON.stringify({ command: JSON.parse(root.dataset.command), hasInput: true, hasTerminal: true, size: { columns: screen.columns, rows: screen.rows } })));
        input.focus();
      });
      socket.addEventListener("message", event => { if (event.data instanceof ArrayBuffer) receive(event.data); });
      socket.addEventListener("close", () => over(wasOpen ? "The connection has ended." : `It could not be opened: ${root.dataset.needs}.`, true));
    }

    end.addEventListener("click", () => { if (isOver) location.reload(); else over("Ended."); });
    view.addEventListener("mouseup", () => { if (getSelection().isCollapsed) input.focus({ preventScroll: true }); });
    input.addEventListener("keydown", event => {
      if (event.isComposing) return;
      if (event.key === "F6" && event.ctrlKey && event.shiftKey) { event.preventDefault(); end.focus(); return; }
      const bytes = bytesOf(event, screen);
      if (bytes === null) return;
      event.preventDefault();
      type(bytes);
      view.scrollTop = view.scrollHeight;
    });
    input.addEventListener("input", event => { if (!event.isComposing) { type(input.value.replace(/\r?\n/g, "\r")); input.value = ""; } });
    input.addEventListener("compositionend", () => { type(input.value); input.value = ""; });
    input.addEventListener("paste", event => {
      event.preventDefault();
      const text = event.clipboardData.getData("text").replace(/\r?\n/g, "\r");
      type(screen.modes.paste ? `\x1b[200~${text.replaceAll("\x1b", "")}\x1b[201~` : text);
    });
    let resizing = null;
    new ResizeObserver(() => {
      clearTimeout(resizing);
      resizing = setTimeout(() => {
        const [c, r] = measure();
        if (c === screen.columns && r === screen.rows) return;
        screen.size(c, r);
        const size = new Uint8Array(4);
        new DataView(size.buffer).setUint16(0, c);
        new DataView(size.buffer).setUint16(2, r);
        send(RESIZE, size);
        soon();
      }, 150);
    }).observe(view);
    addEventListener("pagehide", () => socket?.close());
    draw();
    connect();
  }

  addEventListener("DOMContentLoaded", () => { for (const root of document.querySelectorAll("[data-terminal]")) terminal(root); });
})();

(function () {
  var WORDS = {
    zh: {copy: "复制表格", copied: "已复制，可粘贴到电子表格。", failed: "没能复制。", by: "已排序：", up: "升序", down: "降序", back: "已恢复原来的顺序。"},
    en: {copy: "Copy table", copied: "Copied: paste it into a spreadsheet.", failed: "Could not copy.", by: "Sorted by ", up: "ascending", down: "descending", back: "Back to the original order."}
  };
  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    return node;
  }
  function said(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll(".sk-way").forEach(function (n) { n.remove(); });
    copy.querySelectorAll("sup").forEach(function (n) { n.textContent = n.textContent ? " " + n.textContent : ""; });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }
  function number(cell) {
    if (cell.dataset.skV !== undefined) return parseFloat(cell.dataset.skV);
    var found = said(cell).replace(/\u2212/g, "-").replace(/,(?=\d{3})/g, "").match(/-?\d+(\.\d+)?/);
    return found ? parseFloat(found[0]) : NaN;
  }
  function plain(text) {
    var ascii = text.replace(/\u2212(?=\d)/g, "-");
    if (/^-?[\d.,]+$/.test(ascii)) return ascii;
    return /^[=+\-@]/.test(text) ? "'" + text : text;
  }
  // the cells of a table by row and column, spans counted
  function matrix(table) {
    var rows = Array.from(table.rows), grid = rows.map(function () { return []; });
    rows.forEach(function (row, r) {
      var column = 0;
      Array.from(row.cells).forEach(function (cell) {
        while (grid[r][column]) column++;
        for (var i = 0; i < cell.rowSpan && r + i < rows.length; i++)
          for (var j = 0; j < cell.colSpan; j++) grid[r + i][column + j] = {cell: cell, first: !i && !j};
        column += cell.colSpan;
      });
    });
    return grid;
  }
  function tsv(table) {
    return matrix(table).map(function (row) {
      return Array.from(row, function (place) { return place && place.first ? plain(said(place.cell)) : ""; }).join("\t");
    }).join("\n") + "\n";
  }
  function byHand(text) {
    var area = make("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.appendChild(area);
    area.select();
    var done = false;
    try { done = document.execCommand("copy"); } catch (e) { done = false; }
    area.remove();
    return done;
  }
  function enhance(view) {
    var table = view.querySelector("table");
    view.setAttribute("data-sk-on", "");
    if (!table) return;
    var words = WORDS[view.lang.slice(0, 2)] || WORDS.en;
    var tools = make("div", "sk-tools"), button = make("button", "", words.copy), status = make("span");
    button.type = "button";
    status.setAttribute("role", "status");
    tools.append(button, status);
    view.prepend(tools);
    button.addEventListener("click", function () {
      var text = tsv(table);
      function tell(done) { status.textContent = done ? words.copied : words.failed; }
      if (navigator.clipboard && window.isSecureContext)
        navigator.clipboard.writeText(text).then(function () { tell(true); }, function () { tell(byHand(text)); });
      else { tell(byHand(text)); button.focus(); }
    });
    sortable(table, words, status);
    tips(view, table);
  }
  function sortable(table, words, status) {
    var head = table.tHead;
    if (!head) return;
    var grid = matrix(table).slice(0, head.rows.length), last = grid[grid.length - 1] || [];
    var original = new Map();
    Array.from(table.tBodies).forEach(function (body) { original.set(body, Array.from(body.rows)); });
    var buttons = [];
    Array.from(last, function (place, column) {
      if (!place || place.cell.tagName !== "TH" || place.cell.colSpan > 1) return;
      var th = place.cell, button = make("button", "sk-sort"), way = make("span", "sk-way");
      button.type = "button";
      way.setAttribute("aria-hidden", "true");
      while (th.firstChild) button.appendChild(th.firstChild);
      if (!button.textContent.trim()) button.setAttribute("aria-label", words.by + (column + 1));
      button.appendChild(way);
      th.appendChild(button);
      th.setAttribute("aria-sort", "none");
      buttons.push(th);
      button.addEventListener("click", function () {
        var next = {none: "descending", descending: "ascending", ascending: "none"}[th.getAttribute("aria-sort")];
        buttons.forEach(function (other) { other.setAttribute("aria-sort", "none"); });
        th.setAttribute("aria-sort", next);
        arrange(original, column, next);
        var name = said(th) || String(column + 1);
        status.textContent = next === "none" ? words.back : words.by + name + (next === "ascending" ? " ↑ " + words.up : " ↓ " + words.down);
      });
    });
  }
  // lines move among their neighbours only: nets, totals and headings stay where they are
  function arrange(original, column, way) {
    original.forEach(function (rows, body) {
      var made = [], run = [];
      function flush() {
        if (way !== "none") run = run.map(function (row, i) { return [row, i]; }).sort(function (a, b) {
          return compare(a[0].cells[column], b[0].cells[column], way) || a[1] - b[1];
        }).map(function (pair) { return pair[0]; });
        made = made.concat(run);
        run = [];
      }
      rows.forEach(function (row) {
        if (row.hasAttribute("data-sk-fixed")) { flush(); made.push(row); } else run.push(row);
      });
      flush();
      made.forEach(function (row) { body.appendChild(row); });
    });
  }
  function compare(a, b, way) {
    if (!a || !b) return 0;
    var sign = way === "ascending" ? 1 : -1;
    var text = a.tagName === "TH" || a.dataset.skText !== undefined;
    if (text) return sign * said(a).localeCompare(said(b), "zh-CN", {numeric: true});
    var x = number(a), y = number(b);
    if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y);
    return sign * (x - y);
  }
  // one stop of the Tab key for all cells, arrows between them; Escape hides what is shown
  function tips(view, table) {
    var cells = Array.from(table.querySelectorAll("td[data-sk-tip]"));
    if (!cells.length) return;
    var tip = make("div", "sk-tip"), count = 1;
    while (document.getElementById("sk-tip-" + count)) count++;
    tip.id = "sk-tip-" + count;
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    view.appendChild(tip);
    var shown = null;
    function hide() {
      if (shown) shown.removeAttribute("aria-describedby");
      shown = null;
      tip.hidden = true;
    }
    function show(cell) {
      if (shown === cell) return;
      hide();
      shown = cell;
      tip.textContent = cell.dataset.skTip;
      tip.hidden = false;
      cell.setAttribute("aria-describedby", tip.id);
      var box = cell.getBoundingClientRect(), frame = view.getBoundingClientRect();
      var left = Math.min(box.left - frame.left, frame.width - tip.offsetWidth - 4);
      tip.style.left = Math.max(0, left) + "px";
      tip.style.top = box.bottom - frame.top + "px";
    }
    function stop(cell) {
      cells.forEach(function (other) { other.tabIndex = -1; });
      cell.tabIndex = 0;
    }
    stop(cells[0]);
    cells.forEach(function (cell) {
      cell.addEventListener("mouseenter", function () { show(cell); });
      cell.addEventListener("focus", function () { stop(cell); show(cell); });
      cell.addEventListener("blur", hide);
    });
    view.addEventListener("mouseleave", hide);
    view.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { hide(); return; }
      var cell = document.activeElement, step = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}[event.key];
      if (!step || !table.contains(cell) || !cell.dataset || cell.dataset.skTip === undefined) return;
      var rows = Array.from(table.rows), r = cell.parentNode.rowIndex, c = cell.cellIndex;
      for (r += step[0], c += step[1]; rows[r] && c >= 0 && c < 16384; r += step[0], c += step[1]) {
        var next = rows[r].cells[c];
        if (step[1] && !next) break;
        if (next && next.dataset.skTip !== undefined) { next.focus(); event.preventDefault(); break; }
      }
    });
  }
  document.querySelectorAll(".sk-view:not([data-sk-on])").forEach(enhance);
})();

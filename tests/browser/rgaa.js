/* RGAA 4.1 criteria that a machine can decide and axe does not: by number, what breaks it, empty where nothing does. */
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const shown = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0;
  const heard = (each) => shown(each) && !each.closest('[aria-hidden="true"]');
  const text = (each) => (each?.textContent ?? "").replace(/\s+/g, " ").trim();
  const texts = (ids) => (ids ?? "").split(/\s+/).filter(Boolean).map((id) => text(document.getElementById(id))).join(" ").trim();
  const inner = (each) => {
    const copy = each.cloneNode(true);
    all('[aria-hidden="true"]', copy).forEach((hidden) => hidden.remove());
    all("img[alt]", copy).forEach((image) => image.replaceWith(image.alt));
    return text(copy);
  };
  const name = (each) =>
    texts(each.getAttribute("aria-labelledby")) || each.getAttribute("aria-label")?.trim() || inner(each);
  const labels = (each) => [...(each.labels ?? [])].map(inner).join(" ").trim();
  const FIELDS = 'input:not([type="hidden"], [type="submit"], [type="button"], [type="reset"]), select, textarea';
  const REACHED = `a[href], button, ${FIELDS}, summary, [tabindex]`;
  const reached = () => all(REACHED).filter((each) => each.tabIndex >= 0 && !each.disabled && shown(each));
  const vague = /^(cliquez|cliquer|ici|l[ai]re|lire la suite|en savoir plus|plus|suite|click here|here|more|read more|link|lien)$/i;

  /* Words that one language has and the other has not, as often as they stand in a text that is not marked otherwise. */
  const WORDS = {
    fr: /(?<![\p{L}’'-])(le|les|des|du|une|est|vous|pour|dans|aux|sont|avec|votre|cette|qui)(?![\p{L}’'-])/giu,
    en: /(?<![\p{L}’'-])(the|of|and|is|you|your|for|in|are|with|this|that|which|from|to)(?![\p{L}’'-])/giu,
  };
  const own = (root) => {
    const copy = root.cloneNode(true);
    all("[lang], code, script, style, textarea", copy).forEach((each) => each.remove());
    return copy.textContent;
  };
  const wrong = (root, language) => {
    const written = own(root);
    const other = language === "fr" ? "en" : "fr";
    const count = (code) => written.match(WORDS[code])?.length ?? 0;
    return WORDS[language] && count(other) > 3 && count(other) > count(language);
  };

  /* What cannot be read whole: text that its box cuts off, and a page that has to be scrolled sideways. */
  const clipped = () => [
    ...(document.documentElement.scrollWidth > innerWidth + 1 ? [document.documentElement] : []),
    ...all("body *").filter((each) => {
      const { overflowX, overflowY, clipPath } = getComputedStyle(each);
      if (!(each.clientWidth > 1 && each.clientHeight > 1) || clipPath !== "none" || !shown(each) || !text(each)) return false;
      const cuts = (overflow) => overflow === "hidden" || overflow === "clip";
      return (
        (cuts(overflowX) && each.scrollWidth > each.clientWidth + 1) ||
        (cuts(overflowY) && each.scrollHeight > each.clientHeight + 1)
      );
    }),
  ];
  const under = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
    try {
      return clipped();
    } finally {
      document.adoptedStyleSheets.pop();
    }
  };

  const LOOK = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth", "backgroundColor", "stroke", "strokeWidth"];
  const look = (each) => [null, "::before", "::after"].flatMap((pseudo) => LOOK.map((part) => getComputedStyle(each, pseudo)[part])).join();
  /* Where the focus shows on another element, as that of a hidden radio button on its label, that one is looked at. */
  const unseenFocus = () => {
    const before = document.activeElement;
    const still = new CSSStyleSheet();
    still.replaceSync("*, ::before, ::after { transition: none !important; }");
    document.adoptedStyleSheets.push(still);
    before?.blur?.();
    const found = reached().filter((each) => {
      const around = [each, each.closest("label, li, .field, .card, .choice"), each.querySelector("path")].filter(Boolean);
      const unfocused = around.map(look);
      each.focus({ focusVisible: true, preventScroll: true });
      const seen = document.activeElement !== each || around.some((part, place) => look(part) !== unfocused[place]);
      each.blur();
      return !seen;
    });
    document.adoptedStyleSheets.pop();
    before?.focus?.({ preventScroll: true });
    return found;
  };

  const CRITERIA = {
    "1.1": () => [
      ...all("img:not([alt]), area[href]:not([alt]), input[type=image]:not([alt])"),
      ...all("svg").filter((each) => heard(each) && !(["img", "group"].includes(each.getAttribute("role")) && name(each))),
    ],
    "1.2": () => all('svg[aria-hidden="true"]').filter((each) => each.hasAttribute("aria-label") || each.querySelector(":scope > title")),
    "2.1": () => all("iframe:not([title]), frame:not([title])"),
    "4.1": () => all("audio, video, object, embed"),
    "5.4": () => all("table").filter((each) => !text(each.caption)),
    "5.6": () => all("table").filter((each) => !each.querySelector("th")),
    "5.7": () => all("th").filter((each) => text(each) && !each.hasAttribute("scope") && !each.id),
    "6.1": () => all("a[href]").filter((each) => vague.test(name(each)) || (each.title && !each.title.includes(inner(each)))),
    "6.2": () => all("a[href]").filter((each) => heard(each) && !name(each)),
    "8.1": () => (document.doctype?.name === "html" && document.compatMode === "CSS1Compat" ? [] : [document.documentElement]),
    "8.3": () => (document.documentElement.lang ? [] : [document.documentElement]),
    "8.4": () => (document.documentElement.lang in WORDS && !wrong(document.body, document.documentElement.lang) ? [] : [document.documentElement]),
    "8.5": () => (document.title.trim() ? [] : [document.documentElement]),
    "8.7": () => all("body [lang]").filter((each) => wrong(each, each.lang)),
    "8.8": () => all("[lang]").filter((each) => !/^(fr|en)(-[A-Z]{2})?$/.test(each.lang)),
    "8.9": () => [
      ...all("p:not([role=status]), li, dt, dd, legend, label").filter(
        (each) => shown(each) && !text(each) && !each.querySelector("img, svg, input, select, textarea, button, progress"),
      ),
      ...all("br").filter((each) => /^\s*$/.test(each.nextSibling?.data ?? "x") && each.nextElementSibling?.localName === "br"),
    ],
    "9.1": () => {
      const headings = all("h1, h2, h3, h4, h5, h6").filter(heard);
      const level = (each) => Number(each.localName[1]);
      const skips = headings.filter((each, place) => !text(each) || level(each) > (place ? level(headings[place - 1]) : 6) + 1);
      return headings.filter((each) => level(each) === 1).length === 1 ? skips : [...skips, document.body];
    },
    "9.2": () => {
      const navs = all("nav").filter(heard);
      const labelled = navs.filter((each) => each.hasAttribute("aria-label") || each.hasAttribute("aria-labelledby"));
      const of = (selector) => all(selector).filter((each) => !each.closest("main, article, section") || each.localName === "main");
      const single = ["header", "main", "footer"].every((each) => of(each).length === 1);
      return [...(single ? [] : [document.body]), ...(navs.length > 1 ? navs.filter((each) => !labelled.includes(each)) : [])];
    },
    "10.2": () =>
      all("body *").filter((each) =>
        ["::before", "::after"].some((part) => /[\p{L}\p{N}]{2}/u.test(getComputedStyle(each, part).content.replace(/^(none|normal|counter\w*\(.*|attr\(.*)$/, ""))),
      ),
    "10.4": () => under(":root { font-size: 200% !important; }"),
    "10.7": unseenFocus,
    "10.12": () =>
      under(
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }" +
          "p { margin-bottom: 2em !important; }",
      ),
    "11.1": () =>
      all(FIELDS).filter((each) => heard(each) && !(labels(each) || texts(each.getAttribute("aria-labelledby")) || each.getAttribute("aria-label") || each.title)),
    "11.5": () =>
      all('input[type="radio"]').filter((each) => {
        const group = each.closest("fieldset, [role=radiogroup], [role=group]");
        return !group || !(text(group.querySelector("legend")) || name(group));
      }),
    "11.8": () => all("optgroup").filter((each) => !each.label.trim()),
    "11.9": () => all("button, input[type=submit]").filter((each) => heard(each) && !(name(each) || each.value)),
    "11.10": () => {
      const told = new Set(all("[aria-describedby]").flatMap((each) => each.getAttribute("aria-describedby").split(/\s+/)));
      return [
        ...all("[aria-describedby]").filter((each) => each.getAttribute("aria-describedby").split(/\s+/).some((id) => !document.getElementById(id))),
        ...all('[aria-invalid="true"]').filter((each) => !texts(each.getAttribute("aria-describedby"))),
        ...all("form .fault, .field .help").filter((each) => heard(each) && !told.has(each.id)),
      ];
    },
    "11.13": () => all("input[type=email], input[type=tel]").filter((each) => !each.autocomplete),
    "12.7": () => {
      const [first] = reached();
      const target = document.getElementById(first?.hash?.slice(1) ?? "");
      return target?.localName === "main" && target.matches("[tabindex]") ? [] : [first ?? document.body];
    },
    "12.8": () => all("[tabindex]").filter((each) => each.tabIndex > 0),
    "13.1": () => all("meta[http-equiv=refresh i]").filter((each) => !each.closest("noscript")),
  };
  return Object.entries(CRITERIA).flatMap(([criterion, broken]) =>
    broken().map((each) => [criterion, each.cloneNode(each.childElementCount < 3).outerHTML.slice(0, 300)]),
  );
})()

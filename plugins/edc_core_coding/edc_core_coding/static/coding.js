// The words at hand stay in sight in a long list; the keys are those of every page (data-letter).
document.querySelector("#groups [aria-current]")?.scrollIntoView({ block: "nearest" });

document.querySelector("#told")?.setAttribute("data-looked", "yes");

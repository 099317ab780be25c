// Light or dark: as the device has it, unless the link says.
import { computed, signal } from "@preact/signals";
import { link } from "./link";

const query = matchMedia("(prefers-color-scheme: dark)"), device = signal(query.matches);
query.addEventListener("change", e => (device.value = e.matches));

export const theme = computed<"light" | "dark">(() => (link.value.theme === "system" ? (device.value ? "dark" : "light") : link.value.theme));

// All views by name, in the order of their tabs.
import type { ViewName } from "../state/link";
import { compareView } from "./compare";
import { hotspotsView } from "./hotspots";
import { measureView } from "./measure";
import { pocketsView } from "./pockets";
import { prioritiesView } from "./priorities";
import { programView } from "./program";
import { regionView } from "./region";
import { anyView, type View } from "./view";

export const views: Record<ViewName, View<unknown>> = {
  measure: anyView(measureView), priorities: anyView(prioritiesView), pockets: anyView(pocketsView), hotspots: anyView(hotspotsView),
  program: anyView(programView), region: anyView(regionView), compare: anyView(compareView),
};

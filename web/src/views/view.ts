// A view asks something, says what that looks like, and has a panel of choices and explanations beside the map.
import type { FunctionComponent } from "preact";
import type { City } from "../state/city";
import type { Link } from "../state/link";
import type { Picture } from "../map/picture";

export interface View<T> {
  /** Asks the server; rejects with a Complaint. It is asked again when the link, the key or the data change. */
  load: (l: Link, city: City, stop: AbortSignal) => Promise<T>;
  /** The parts of a link that the answer follows from. Others change the picture only. */
  follows: (keyof Link)[];
  picture: (answer: T, l: Link) => Picture;
  /** Choices; there before the answer is. */
  Choices?: FunctionComponent;
  /** What the answer says beside the map. */
  Panel?: FunctionComponent<{ answer: T }>;
  /** The panel is long, so that the table stands below the map. */
  long?: boolean;
}

/** anyView forgets the type of a view's answer, which only the view itself looks into. */
export const anyView = <T>(v: View<T>) => v as unknown as View<unknown>;

import { useEffect, useRef } from "preact/hooks";
import { inView } from "../map/Map";
import { picture } from "../state/shown";
import { svgOf } from "./svg";

/** What is printed in place of the map on screen. It is made just before, and at once: a printer waits for nothing. */
export function Printed() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => { if (picture.value && inView.value) box.current!.replaceChildren(new DOMParser().parseFromString(svgOf(picture.value, inView.value, "light"), "image/svg+xml").documentElement); };
    const clear = () => box.current!.replaceChildren();
    addEventListener("beforeprint", draw);
    addEventListener("afterprint", clear);
    return () => { removeEventListener("beforeprint", draw); removeEventListener("afterprint", clear); };
  }, []);
  return <div ref={box} class="printed" role="img" aria-label={picture.value?.title ?? ""} />;
}

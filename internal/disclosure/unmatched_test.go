package disclosure_test

import (
	"testing"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// TestUnmatchedRecipients asks for counts of recipients whom no family stands for, as every role: exact ones where planners see
// households, and else with the noise that the recipients' keys choose, from the floor on.
func TestUnmatchedRecipients(t *testing.T) {
	s := newShelf(t)
	const here, there, few = registry.AreaCode("19.71.01.1001"), registry.AreaCode("19.71.01.1003"), registry.AreaCode("19.71.02.1001")
	s.unmatched = []registry.Unmatched{
		{Program: "AB", Recipients: 60, Keys: registry.RecordKey{77, 1}},
		{Program: "AB", Area: here, Recipients: 200, Keys: registry.RecordKey{1 << 29, 2}},
		{Program: "AB", Area: there, Recipients: 100, Keys: registry.RecordKey{1 << 30, 3}},
		{Program: "AB", Area: few, Recipients: 1, Keys: registry.RecordKey{5, 4}},
		{Program: "XY", Area: here, Recipients: 200, Keys: registry.RecordKey{1 << 29, 2}},
	}
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(v registry.Viewer, program string, area registry.AreaCode) registry.Tally {
		t.Helper()
		view, err := gate.Now().View(t.Context(), v, "")
		if err != nil {
			t.Fatal(err)
		}
		return view.Unmatched(program, area)
	}
	lurah := registry.Viewer{Role: registry.RolePlanner, Areas: []registry.AreaCode{here}}
	for area, want := range map[registry.AreaCode]int64{"": 60, here: 200, there: 100, few: 1, "19.71.01": 300, "19.71": 301, "19.71.02": 1, "19.71.02.1003": 0} {
		if got := ask(viewer(registry.RolePlanner), "AB", area); got.Households != want || got.Status != registry.Exact {
			t.Errorf("planner, %q: %+v, want %d", area, got, want)
		}
		shown := ask(viewer(registry.RolePublic), "AB", area)
		for _, role := range []registry.Role{registry.RolePublic, registry.RoleAuditor, registry.RolePartner} {
			got := ask(viewer(role), "AB", area)
			switch {
			case want < 2: // with its noise it may reach a floor, but nobody is nobody
				if want == 0 && got.Status != registry.Suppressed || got.Status == registry.Exact {
					t.Errorf("%s, %q: %+v", role, area, got)
				}
			case got.Status != registry.Perturbed || got.Households != shown.Households || got.Households < want-15 || got.Households > want+15:
				t.Errorf("%s, %q: %+v, want about %d and %+v", role, area, got, want, shown)
			}
		}
		got := ask(lurah, "AB", area)
		if own := area == here; own != (got.Status == registry.Exact) || own && got.Households != 200 || !own && got.Households != shown.Households {
			t.Errorf("lurah, %q: %+v", area, got)
		}
	}
	if a, b := ask(viewer(registry.RolePublic), "AB", here), ask(viewer(registry.RolePublic), "XY", here); a.Households != b.Households || a.Households == 200 {
		t.Errorf("equal recipients of two programmes: %d and %d of 200", a.Households, b.Households)
	}
}

package graph_test

import (
	"strings"
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestMethodsRefuse bad questions with the argument at fault, whatever role asks.
func TestMethodsRefuse(t *testing.T) {
	f := newFixture(t)
	d, records, enrolments := storetest.City(7, 600)
	city := newFixtureOf(t, withAreas(t, d, func(a registry.Area) (registry.Area, bool) { return a, a.Level() > registry.LevelProvinsi }), records, enrolments)
	for _, c := range []struct {
		role               registry.Role
		query, code, field string
	}{
		// Figures of a part must not be named after the whole.
		{registry.RolePlanner, `{rates(measure: {deprivation: UNSAFE_WATER}, level: KECAMATAN, within: ["19.71.01.1001"]) { n { value } }}`, "BAD_USER_INPUT", "within[0]"},
		{registry.RolePlanner, `{priorities(input: {level: KECAMATAN, within: ["19.71.01.1001"]}) { ranked { rank } }}`, "BAD_USER_INPUT", "input.within[0]"},
		{registry.RolePlanner, `{allocate(input: {program: "AB", budgetRupiah: 1, unitCostRupiah: 1, level: KECAMATAN, within: ["19.71.01.1001"]}) { rounding }}`, "BAD_USER_INPUT", "input.within[0]"},
		{registry.RolePlanner, `{rates(measure: {deprivation: UNSAFE_WATER}, within: []) { n { value } }}`, "BAD_USER_INPUT", "within"},
		{registry.RolePlanner, `{rates(measure: {deprivation: UNSAFE_WATER}, level: PROVINSI) { n { value } }}`, "BAD_USER_INPUT", "level"},
		{registry.RolePlanner, `{hotspots(measure: {deprivation: UNSAFE_WATER}, level: PROVINSI) { notes }}`, "BAD_USER_INPUT", "level"},
		{registry.RolePlanner, `{quadrant(main: {measure: {deprivation: UNSAFE_WATER}}, supporting: {measure: {deprivation: CROWDED}}, level: PROVINSI) { quadrant }}`, "BAD_USER_INPUT", "level"},
		{registry.RolePlanner, `{hotspots(measure: {deprivation: UNSAFE_WATER}, hex: M500, neighbours: KNN) { notes }}`, "BAD_USER_INPUT", "neighbours"},
		{registry.RolePlanner, `{hotspots(measure: {deprivation: UNSAFE_WATER}, neighbours: KNN, k: 7) { notes }}`, "BAD_USER_INPUT", "k"},
		{registry.RolePlanner, `{priorities(input: {criteria: [{measure: {deprivation: CROWDED}}, {measure: {deprivation: CROWDED}, direction: LESS_IS_WORSE}]}) { ranked { rank } }}`, "BAD_USER_INPUT", "input.criteria[1].measure"},
		{registry.RolePlanner, `{trend(areas: ["19.71"], measure: {deprivation: CROWDED}, editions: ["city-7", "city-7+2025-10"]) { reading }}`, "BAD_USER_INPUT", "editions[1]"},
		{registry.RolePlanner, `{rates(measure: {share: {meeting: {areas: ["99"]}}}) { n { value } }}`, "NOT_FOUND", "measure.share.meeting.areas[0]"},
		{registry.RolePublic, `{hotspots(measure: {deprivation: UNSAFE_WATER}, hex: M500) { notes }}`, "DISCLOSURE_LIMIT", "hex"},
		{registry.RolePublic, `{rates(measure: {share: {meeting: {elderly: {min: 2}}}}) { n { value } }}`, "DISCLOSURE_LIMIT", "measure"},
		{registry.RolePublic, `{priorities(input: {criteria: [{measure: {deprivation: CROWDED}}, {measure: {share: {meeting: {elderly: {min: 2}}}}}, {measure: {deprivation: STUNTED_CHILD}}]}) { ranked { rank } }}`, "DISCLOSURE_LIMIT", "input.criteria[1].measure"},
		{registry.RolePublic, `{summary { multidimensional(input: {indicators: [UNSAFE_WATER]}) { headcountRatio { value } } }}`, "DISCLOSURE_LIMIT", "input"},
	} {
		of := f
		if strings.Contains(c.query, "PROVINSI") {
			of = city // which has none
		}
		a, text, _ := of.ask(t, c.role, c.query, nil)
		if len(a.Errors) != 1 {
			t.Errorf("%s: %s", c.query, text)
			continue
		}
		code, field := a.Errors[0].Extensions["code"], a.Errors[0].Extensions["field"]
		if code != c.code || field != c.field {
			t.Errorf("%s: %v with field %v (%s), want %s with %s", c.query, code, field, a.Errors[0].Message, c.code, c.field)
		}
	}
}

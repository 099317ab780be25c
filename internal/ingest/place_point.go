package ingest

import "kantong/internal/registry"

// place sets the point of a household of an area, if the row has one.
func (p *places) place(t *table, h *registry.Household, area int, fields []string, longitude, latitude int) *fault {
	lon, lat := t.cell(fields, longitude), t.cell(fields, latitude)
	switch {
	case lon == "" && lat == "":
		return nil
	case lon == "":
		return &fault{column: longitude, reason: "is missing although there is a latitude"}
	case lat == "":
		return &fault{column: latitude, reason: "is missing although there is a longitude"}
	}
	x, reason := parseNumber(lon, true)
	if reason != "" {
		return &fault{column: longitude, value: lon, reason: reason}
	}
	y, reason := parseNumber(lat, true)
	if reason != "" {
		return &fault{column: latitude, value: lat, reason: reason}
	}
	point, axis, reason := p.locate(x, y, area)
	if reason != "" {
		column := t.column(axis)
		return &fault{column: column, value: t.cell(fields, column), reason: reason}
	}
	h.Located, h.Point = true, point
	return nil
}

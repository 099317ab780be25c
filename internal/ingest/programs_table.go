package ingest

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// programColumns are all names that a table of programmes may have: as the members of the JSON.
var programColumns = []string{"code", "name", "pillar", "funder", "funder_kind", "budget_rupiah", "unit_cost_rupiah", "year", "eligibility", "source"}

// isTable tells whether the file is a workbook or a GeoPackage rather than JSON.
func (j *job) isTable() bool {
	begin := make([]byte, 16)
	n, _ := j.file.ReadAt(begin, 0) // what can't be read, the reader of JSON tells of
	return bytes.HasPrefix(begin[:n], []byte("PK\x03\x04")) || bytes.HasPrefix(begin[:n], []byte("SQLite format 3\x00"))
}

// readTable takes in the programmes of a table, rules as JSON.
func (r *programReader) readTable(mapping *Mapping) error {
	t, err := openTable(r.job, programColumns, mapping)
	if err != nil {
		return err
	}
	r.columns = map[string]string{"funderKind": "funder_kind", "budgetRupiah": "budget_rupiah", "unitCostRupiah": "unit_cost_rupiah"}
	for _, name := range []string{"code", "name", "pillar", "funder_kind", "eligibility"} {
		if _, err := t.require(name); err != nil {
			return err
		}
	}
	err = t.rows(func(line int, fields []string) error {
		get := func(name string) string { return t.cell(fields, t.column(name)) }
		p := programJSON{Code: get("code"), Name: get("name"), Pillar: get("pillar"), Funder: get("funder"), FunderKind: get("funder_kind"), Source: get("source"),
			Eligibility: json.RawMessage(get("eligibility"))}
		for name, into := range map[string]func(int64){"budget_rupiah": func(n int64) { p.BudgetRupiah = &n }, "unit_cost_rupiah": func(n int64) { p.UnitCostRupiah = &n },
			"year": func(n int64) { p.Year = int(n) }} {
			value := get(name)
			if value == "" {
				continue
			}
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.reject(line, &fault{column: t.column(name), value: value, reason: "is not a whole number"})
				return nil
			}
			into(n)
		}
		r.take(line, &p)
		return nil
	})
	if err != nil {
		return err
	}
	return r.settle()
}

package demo

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"kantong/internal/registry"
)

// CardNumber is the made-up family-card number of the n-th household, from 1. Real ones begin with a region's code, and
// no region has the code 99.
func CardNumber(n int) string { return fmt.Sprintf("99%014d", n) }

// WriteHouseholds writes the city as an office would export it: CSV with the canonical column names, empty for what is
// unknown, families named by card numbers.
func (c *City) WriteHouseholds(w io.Writer) error {
	out := csv.NewWriter(w)
	columns := []string{"kk", "area_code", "rw", "rt", "longitude", "latitude", "members", "head_sex", "head_age", "decile", "expenditure_per_capita_rupiah",
		"floor_area_m2", "power_va", "working_age", "working", "head_working", "savings", "nine_years_schooling", "health_insured", "disabled_supported"}
	for _, a := range registry.Vocabulary {
		columns = append(columns, a.Name)
	}
	for k := range registry.PersonKind(registry.PersonKindCount) {
		columns = append(columns, k.Column())
	}
	if err := out.Write(columns); err != nil {
		return err
	}
	n := 0
	for h := range c.Households() {
		n++
		longitude, latitude := "", ""
		if h.Located {
			longitude, latitude = degrees(h.Point.Lon), degrees(h.Point.Lat)
		}
		row := []string{CardNumber(n), string(h.Area), h.RW, h.RT, longitude, latitude, number(h.Members), h.HeadSex.String(), number(h.HeadAge), number(h.Decile), number(int(h.Expenditure)),
			real(h.FloorAreaM2), number(h.PowerVA), number(h.WorkingAge), number(h.Working), answer(h.HeadWorking), answer(h.Savings), answer(h.NineYearsSchooling), answer(h.HealthInsured), answer(h.DisabledSupported)}
		for _, class := range h.Classes() {
			row = append(row, *class)
		}
		for _, p := range h.Persons {
			row = append(row, number(p))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteEnrolments writes who is in which programme as CSV, by the card numbers of WriteHouseholds.
func (c *City) WriteEnrolments(w io.Writer) error {
	numbers := map[registry.HouseholdID]int{}
	n := 0
	for h := range c.Households() {
		n++
		numbers[h.ID] = n
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"kk", "program", "status", "since", "until", "persons", "rupiah", "decree"}); err != nil {
		return err
	}
	for e := range c.Enrolments() {
		if err := out.Write([]string{CardNumber(numbers[e.Household]), e.Program, e.Status.String(), string(e.Since), string(e.Until), number(e.Persons), number(int(e.Rupiah)), e.Decree}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WritePrograms writes the programmes as the JSON that an import reads.
func (c *City) WritePrograms(w io.Writer) error {
	type program struct {
		Code           string          `json:"code"`
		Name           string          `json:"name"`
		Pillar         string          `json:"pillar"`
		Funder         string          `json:"funder"`
		FunderKind     string          `json:"funderKind"`
		BudgetRupiah   *int64          `json:"budgetRupiah,omitempty"`
		UnitCostRupiah *int64          `json:"unitCostRupiah,omitempty"`
		Year           int             `json:"year"`
		Eligibility    registry.Filter `json:"eligibility"`
		Source         string          `json:"source,omitempty"`
	}
	var list []program
	for _, p := range c.programs {
		list = append(list, program{p.Code, p.Name, p.Pillar.String(), p.Funder, p.FunderKind.String(), p.BudgetRupiah, p.UnitCostRupiah, p.Year, p.Eligibility, p.Source})
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(list)
}

func number(n int) string {
	if n == registry.UnknownInt {
		return ""
	}
	return strconv.Itoa(n)
}

func real(f float64) string {
	if math.IsNaN(f) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func degrees(e7 int32) string { return strconv.FormatFloat(float64(e7)/1e7, 'f', 7, 64) }

func answer(a registry.Answer) string { return [...]string{"", "no", "yes"}[a] }

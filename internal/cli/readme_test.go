package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/dustin/go-humanize"
)

// section gives the README's text after from, up to to.
func section(t *testing.T, from, to string) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		text, err = os.ReadFile(filepath.Join("..", "..", "README.md"))
	}
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), from)
	if !ok {
		t.Fatalf("the README has no %q", from)
	}
	part, _, ok := strings.Cut(rest, to)
	if !ok {
		t.Fatalf("the README has no %q after %q", to, from)
	}
	return part
}

// TestReadmeAnswer asks what the README asks and compares with what it shows: the same, but for numbers, which deviate in
// another way in every registry.
func TestReadmeAnswer(t *testing.T) {
	s := start(t, "demo", "--data", cityData(t))
	var got json.RawMessage
	s.post(t, "", section(t, "application/json' -d '", "'\n"), &got)
	shown, answered := leaves(t, section(t, "```json\n{\"data\":", "}\n```")), leaves(t, string(got))
	if len(shown) < 5 || len(shown) != len(answered) {
		t.Fatalf("the README shows %v, the answer is %v", shown, answered)
	}
	for path, want := range shown {
		a, isNumber := answered[path].(float64)
		b, _ := want.(float64)
		switch {
		case isNumber && b >= 1 && math.Abs(a-b) <= 30, isNumber && b < 1 && math.Abs(a-b) <= 0.2:
		case answered[path] != want:
			t.Errorf("%s: the README shows %v, the answer is %v", path, want, answered[path])
		}
	}
	table := section(t, "| to know | ask |\n|---|---|\n", "\n\n")
	asked := 0
	for _, row := range strings.Split(table, "\n") {
		query := strings.Split(row, "`")[1]
		body := map[string]any{"query": query}
		if strings.HasPrefix(query, "query(") {
			body["variables"] = json.RawMessage(`{"f": {"where": {"coveredBy": {"type": "Polygon", "coordinates": [[[106.1,-2.15],[106.13,-2.15],[106.13,-2.12],[106.1,-2.15]]]}}}}`)
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if s.post(t, s.key, string(text), &answer); len(answer) == 0 {
			t.Errorf("%s: no answer", query)
		}
		asked++
	}
	if asked < 5 {
		t.Errorf("only %d questions in the table", asked)
	}
}

// TestReadmeExports asks each address of the README's table of files, in each format, and runs its commands.
func TestReadmeExports(t *testing.T) {
	told, dir := section(t, "## Take it with you", "## Hear of"), t.TempDir()
	here := strings.NewReplacer("--data ./city", "--data "+cityData(t), "--edition 2025-q3", "--edition demo", "--out ./", "--out "+dir+"/", "--out ", "--out "+dir+"/")
	commands := 0
	for line := range strings.Lines(told) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "go run . "); ok {
			must(t, words(here.Replace(command))...)
			commands++
		}
	}
	s := start(t, "demo", "--data", cityData(t))
	if _, err := exec.LookPath("curl"); err != nil {
		lacking(t, "curl is not installed; make test installs it")
	}
	for line := range strings.Lines(told) {
		if strings.HasPrefix(line, "    curl ") {
			command := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(strings.ReplaceAll(line, "http://127.0.0.1:8080", s.address), "curl ", "curl --fail ", 1))
			command.Dir = dir
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%s: %v, %s", line, err, out)
			}
			commands++
		}
	}
	rows := strings.Split(strings.TrimSpace(strings.SplitN(strings.SplitN(told, "|---|---|\n", 2)[1], "\n\n", 2)[0]), "\n")
	for _, row := range rows {
		path, parameters, _ := strings.Cut(strings.Split(row, "`")[1], "?")
		for _, format := range []string{".csv", ".xlsx", ".geojson", ".gpkg"} {
			address := s.address + strings.Replace(path, ".csv", format, 1)
			if strings.Contains(parameters, "program=PKH") {
				address += "?program=PKH"
			}
			req, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+s.key)
			req.Header.Set("Kantong-Purpose", "a test")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK || n < 500 {
				t.Errorf("%s: %d, %d bytes, %v", address, resp.StatusCode, n, err)
			}
		}
	}
	if commands < 7 || len(rows) < 5 {
		t.Errorf("only %d commands and %d addresses", commands, len(rows))
	}
}

// words parts a command line as a shell does, as far as the README needs it.
func words(line string) (list []string) {
	quote, word, started := rune(0), "", false
	for _, c := range line + " " {
		switch {
		case quote == 0 && (c == '\'' || c == '"'):
			quote, started = c, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && c == ' ':
			if started {
				list = append(list, word)
			}
			word, started = "", false
		default:
			word, started = word+string(c), true
		}
	}
	return list
}

// TestReadmeMaps runs the commands of the README's map section as they stand there, and asks each address of its table.
func TestReadmeMaps(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		lacking(t, "curl is not installed; make test installs it")
	}
	s := start(t, "demo", "--data", cityData(t))
	told := section(t, "## Draw maps", "## Take it")
	here := strings.NewReplacer("http://127.0.0.1:8080", s.address, " > kelurahan.geojson", "")
	var commands []string
	for line := range strings.Lines(told) {
		if strings.HasPrefix(line, "    curl ") {
			commands = append(commands, here.Replace(strings.TrimSpace(line)))
		}
	}
	for _, row := range strings.Split(strings.TrimSpace(strings.SplitN(strings.SplitN(told, "|---|---|\n", 2)[1], "\n\n", 2)[0]), "\n") {
		path, _, _ := strings.Cut(strings.Split(row, "`")[1], "?")
		path = strings.NewReplacer("{z}", "12", "{x}", "3255", "{y}", "2072").Replace(path) // a tile in the city
		commands = append(commands, "curl -s -H 'Authorization: Bearer "+s.key+"' -H 'Kantong-Purpose: a test' '"+s.address+path+"' | wc -c")
	}
	if len(commands) < 9 {
		t.Fatalf("only %d commands", len(commands))
	}
	for _, command := range commands {
		out, err := exec.CommandContext(t.Context(), "bash", "-c", "set -o pipefail; "+strings.Replace(command, "curl ", "curl --fail ", 1)).CombinedOutput()
		if err != nil || len(out) < 4 || strings.HasPrefix(string(out), "0") {
			t.Errorf("%s\n%v\n%s", command, err, out)
		}
		if strings.HasPrefix(string(out), "{") && !json.Valid(out) {
			t.Errorf("%s\nis no JSON: %s", command, out)
		}
	}
}

// TestReadmeStory asks what the README's planner asks, and looks for each figure in what he is told.
func TestReadmeStory(t *testing.T) {
	s := start(t, "demo", "--data", cityData(t))
	told := section(t, "## From \"which kelurahan first\"", "## Your city")
	var a struct {
		Priorities struct {
			Ranked []struct {
				RankLow, RankHigh int
				Area              struct{ Name string }
			}
		}
		Program struct {
			Coverage []struct {
				Area                 struct{ Name string }
				Eligible, NotReached count
			}
		}
		Rates    []struct{ Raw, Lower, Upper struct{ Value float64 } }
		Allocate struct {
			Reached  count
			Rounding int
			Areas    []struct {
				Area       struct{ Name string }
				Rupiah     int
				Households count
			}
		}
		Pockets []struct {
			Households count
			Hull       json.RawMessage
			Profile    []struct {
				Deprivation string
				Share       struct{ Value float64 }
				Lift        float64
			}
		}
		Unreached struct{ TotalCount int }
	}
	s.ask(t, s.key, `{ priorities(input: {}) { ranked { rankLow rankHigh area { name } } }
		program(code: "PKH") { coverage(order: NOT_REACHED, first: 1) { area { name } eligible { value } notReached { value } } }
		rates(measure: {exclusion: "PKH"}, within: ["19.71.01.1006"]) { raw { value } lower { value } upper { value } }
		allocate(input: {program: "PKH", budgetRupiah: 1000000000, across: GAP}) { areas { area { name } rupiah households { value } } reached { value } rounding }
		pockets(filter: {areas: ["19.71.01.1006"], eligibleFor: "PKH", notEnrolledIn: ["PKH"]}, minHouseholds: 5) { households { value } hull profile { deprivation share { value } lift } }
	}`, &a)
	body, _ := json.Marshal(map[string]any{"query": `query($hull: Geometry!) { unreached(program: "PKH", filter: {where: {coveredBy: $hull}}) { totalCount } }`, "variables": map[string]any{"hull": a.Pockets[1].Hull}})
	s.post(t, s.key, string(body), &a)
	first, second, missed, rate := a.Priorities.Ranked[0], a.Priorities.Ranked[1], a.Program.Coverage[0], a.Rates[0]
	wants := []string{
		first.Area.Name + " comes first", fmt.Sprintf("its rank is %d to %d", first.RankLow, first.RankHigh), second.Area.Name + ", second, " + fmt.Sprintf("%d to %d", second.RankLow, second.RankHigh),
		fmt.Sprintf("most families in %s, %d of the %d", missed.Area.Name, *missed.NotReached.Value, *missed.Eligible.Value),
		fmt.Sprintf("%.0f %%, and between %.0f %% and %.0f %%", 100*rate.Raw.Value, 100*rate.Lower.Value, 100*rate.Upper.Value),
		fmt.Sprintf("reaches %d families", *a.Allocate.Reached.Value), humanize.Comma(int64(a.Allocate.Rounding)) + " is left over",
		fmt.Sprintf("of the %d, %d live close together", *missed.NotReached.Value, *a.Pockets[0].Households.Value), fmt.Sprintf("%d live close together in a second pocket", *a.Pockets[1].Households.Value),
		fmt.Sprintf("these %d families as rows", a.Unreached.TotalCount),
	}
	for _, p := range a.Pockets[0].Profile {
		if p.Deprivation == "UNFIT_ROOF" {
			wants = append(wants, fmt.Sprintf("%.0f %% of them under an unfit roof, %.1f times", 100*p.Share.Value, p.Lift))
		}
	}
	for _, area := range a.Allocate.Areas {
		if area.Area.Name == missed.Area.Name {
			wants = append(wants, fmt.Sprintf("%d of them in %s for %s", *area.Households.Value, area.Area.Name, humanize.Comma(int64(area.Rupiah))))
		}
	}
	told = strings.Join(strings.Fields(told), " ")
	for _, want := range wants {
		if !strings.Contains(told, want) {
			t.Errorf("the README does not tell %q", want)
		}
	}
}

// leaves gives the values of a JSON text by their paths.
func leaves(t *testing.T, text string) map[string]any {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				walk(path+"."+k, inner)
			}
		case []any:
			for i, inner := range v {
				walk(path+"["+strconv.Itoa(i)+"]", inner)
			}
		default:
			out[path] = v
		}
	}
	walk("", root)
	return out
}

// TestReadmeCommands runs the commands of "Your city" as they stand, but for the directory.
func TestReadmeCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "city")
	t.Chdir(filepath.Join("..", ".."))
	commands := strings.Split(strings.Trim(section(t, "comes with the program:\n\n", "\n\n"), "\n"), "\n")
	var answer string
	for _, line := range commands[:len(commands)-1] { // the last one serves
		args, ok := strings.CutPrefix(line, "    go run . ")
		if !ok {
			t.Fatalf("not a command: %q", line)
		}
		answer = must(t, words(strings.ReplaceAll(args, "./city", data))...)
	}
	if !strings.Contains(answer, "coverage") || !strings.Contains(answer, `"synthetic": true`) {
		t.Errorf("the query answers %s", answer)
	}
	if !strings.Contains(commands[len(commands)-1], "serve") {
		t.Errorf("the last command is %q", commands[len(commands)-1])
	}
	start(t, "serve", "--data", data)
}

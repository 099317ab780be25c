package cli

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
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

// words splits a command line at spaces outside double quotes.
func words(line string) (out []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

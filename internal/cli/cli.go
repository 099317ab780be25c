// Package cli is the command line: it reads flags into one Config and wires stores, engines, gate and server together.
// Nothing else knows all of them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"kantong/internal/ingest"
	"kantong/internal/registry"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Config holds every flag. A flag is also read from the environment as KANTONG_ and its name.
type Config struct {
	Data     string `default:"./kantong-data" placeholder:"DIR" help:"Directory of the registry and the ledger (default ${default})."`
	Secrets  string `placeholder:"DIR" help:"Directory of the secret keys (default: secrets/ in the data directory). In production keep it elsewhere: whoever has both can test family-card numbers. Not used when the environment holds the keys: KANTONG_SECRET_HOUSEHOLD_ID and KANTONG_SECRET_RECORD."`
	Database string `placeholder:"URL" help:"A PostGIS database instead of the data directory: postgres://user@host/name. Give a password by PGPASSWORD or a .pgpass file, not here."`
	Verbose  bool   `short:"v" help:"Log every request."`

	Demo       demoCommand       `cmd:"" help:"Make the demonstration city once, then serve it."`
	Serve      serveCommand      `cmd:"" help:"Serve the registry over GraphQL."`
	Edition    editionCommand    `cmd:"" help:"Keep drafts and published editions of the registry."`
	Import     importCommand     `cmd:"" help:"Read a file into a draft edition."`
	Keys       keysCommand       `cmd:"" help:"Keep the API keys."`
	Audit      auditCommand      `cmd:"" help:"Read the audit log and prove that it is whole."`
	Disclosure disclosureCommand `cmd:"" help:"See what the protection of families does to the figures."`
	Query      queryCommand      `cmd:"" help:"Answer a GraphQL operation without a server."`
	Verify     verifyCommand     `cmd:"" help:"Ask a cited question again and compare the answers."`
	Keychain   secretsCommand    `cmd:"" name:"secrets" help:"Look at the secret keys, and change them."`
	Relink     relinkCommand     `cmd:"" help:"Join names and addresses from the office's own file to a list of families, for a visit."`
	Report     reportCommand     `cmd:"" help:"Write tables for those who do not write GraphQL."`
	Export     exportCommand     `cmd:"" help:"Write figures, lists and whole editions as files for other programs."`
	Copy       copyCommand       `cmd:"" help:"Copy published editions from one store to another."`
	Backup     backupCommand     `cmd:"" help:"Copy the store to a directory while a server may go on."`
	Restore    restoreCommand    `cmd:"" help:"Bring a backup back into an empty place."`
	Migrate    migrateCommand    `cmd:"" help:"Keep the schema of a PostGIS database."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// program is what commands get beside their own flags.
type program struct {
	ctx            context.Context
	config         *Config
	stdout, stderr io.Writer
	log            *slog.Logger
}

// Run carries out one command line and gives the exit code: 0 done, 1 refused or failed, 2 wrong usage. It ends early
// when ctx does.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var config Config
	parser, err := kong.New(&config,
		kong.Name("kantong"),
		kong.Description("Keeps a city's registry of poor and vulnerable households and answers spatial questions about it over GraphQL."),
		kong.DefaultEnvars("KANTONG"),
		kong.Vars{"mappings": strings.Join(ingest.ReadyMappings(), ", ")},
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(int) { panic(helpShown{}) }),
	)
	if err != nil {
		panic(err) // a tag of Config is wrong: every run would fail
	}
	code, parsed := parse(parser, args, stderr)
	if parsed == nil {
		return code
	}
	level := slog.LevelWarn
	if config.Verbose {
		level = slog.LevelInfo
	}
	p := &program{ctx, &config, stdout, stderr, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))}
	return p.report(parsed.Run(p))
}

// helpShown ends parsing after --help, which kong expects to end the program.
type helpShown struct{}

func parse(parser *kong.Kong, args []string, stderr io.Writer) (code int, parsed *kong.Context) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(helpShown); !ok {
				panic(p)
			}
			code, parsed = exitDone, nil
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "kantong: %v\nRun \"kantong --help\" or \"kantong COMMAND --help\".\n", err)
		return exitUsage, nil
	}
	return exitDone, parsed
}

// report tells a person why a command failed.
func (p *program) report(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(p.stderr, "kantong: interrupted; what was published stays as it was, and a draft can be gone on with or discarded")
		return exitFailed
	}
	fmt.Fprintln(p.stderr, "kantong:", explain(err))
	return exitFailed
}

// explain writes an error for a person: what is wrong and with what, then the cause where it isn't said already.
func explain(err error) string {
	text := err.Error()
	var e *registry.Error
	if errors.As(err, &e) && e.Cause != nil && !strings.Contains(text, e.Cause.Error()) {
		text += " (" + e.Cause.Error() + ")"
	}
	return text
}

package main

import (
	"context"
	"io"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
)

// app is what every command shares: the streams, the clock, the global flags. Tests build one from buffers.
type app struct {
	stdin  io.Reader
	stdout io.Writer // results only, so that it can be piped
	stderr io.Writer // progress, log lines, errors

	stdoutIsTerminal bool
	stderrIsTerminal bool

	clock     func() time.Time
	lookupEnv func(name string) (value string, set bool)
	configDir func() (string, error) // the user's configuration folder (XDG_CONFIG_HOME or its equivalent)

	flags  globalFlags
	logger *zap.Logger // never nil; writes to stderr

	location *time.Location // the zone times are read and shown in; set by --tz before a command runs
}

// globalFlags are the flags of the root command, valid for every verb.
type globalFlags struct {
	configFiles []string
	archive     string
	archiveName string
	output      string
	logLevel    string
	timeZone    string
	noProgress  bool
}

func newApp() *app {
	return &app{
		stdin:            os.Stdin,
		stdout:           os.Stdout,
		stderr:           os.Stderr,
		stdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		stderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		clock:            time.Now,
		lookupEnv:        os.LookupEnv,
		configDir:        os.UserConfigDir,
		logger:           zap.NewNop(),
		location:         time.UTC,
	}
}

// prepare validates the global flags and sets up logging and the time zone.
func (a *app) prepare() error {
	switch a.flags.output {
	case outputText, outputJSON:
	default:
		return usagef("--output %q: must be %q or %q", a.flags.output, outputText, outputJSON)
	}
	level, err := zapcore.ParseLevel(a.flags.logLevel)
	if err != nil {
		return usagef("--log-level %q: must be debug, info, warn or error", a.flags.logLevel)
	}
	if len(a.flags.configFiles) > 0 && a.flags.archive != "" {
		return usagef("--config and --archive exclude each other: give the collector's configuration or the archive's URL")
	}
	a.location, err = a.zone()
	if err != nil {
		return err
	}
	a.logger = newLogger(a.stderr, level)
	return nil
}

// zone resolves --tz: local on a terminal and UTC in scripts, unless the user names one.
func (a *app) zone() (*time.Location, error) {
	switch name := a.flags.timeZone; name {
	case "":
		if a.stdoutIsTerminal {
			return time.Local, nil
		}
		return time.UTC, nil
	case "local":
		return time.Local, nil
	default:
		location, err := time.LoadLocation(name)
		if err != nil {
			return nil, usagef("--tz %q: must be local, UTC or a name such as Europe/Berlin", name)
		}
		return location, nil
	}
}

// zoneName is how output names the zone of the times it shows.
func (a *app) zoneName() string {
	if a.location == time.Local {
		name, _ := a.clock().In(time.Local).Zone()
		return "local time (" + name + ")"
	}
	return a.location.String()
}

func newLogger(w io.Writer, level zapcore.Level) *zap.Logger {
	encoder := zap.NewDevelopmentEncoderConfig()
	encoder.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05")
	encoder.EncodeLevel = zapcore.LowercaseLevelEncoder
	encoder.ConsoleSeparator = " "
	core := zapcore.NewCore(zapcore.NewConsoleEncoder(encoder), zapcore.Lock(zapcore.AddSync(w)), level)
	return zap.New(core)
}

// execute runs one command line and returns the exit code. It never calls os.Exit.
func execute(ctx context.Context, a *app, args []string) int {
	root := newRoot(a)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	return report(ctx, a.stderr, command.CommandPath(), err)
}

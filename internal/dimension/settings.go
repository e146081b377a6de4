package dimension

import (
	"errors"
	"fmt"
)

// Settings are what a user can choose about dimensions: the block of the dimension processor, and what the command-line
// tool reads there so that its answers from the archive are those of the hot store.
type Settings struct {
	// Endpoints say how locations become endpoints.
	Endpoints EndpointSettings `mapstructure:"endpoints" yaml:"endpoints"`
	// ClientErrors makes HTTP 4xx errors too. Default: false, since it is the caller who is wrong then.
	ClientErrors bool `mapstructure:"client_errors" yaml:"client_errors"`
	// Dimensions are the user's own. Default: none. At most 32: each is looked for in every pair.
	Dimensions []ExtraSettings `mapstructure:"dimensions" yaml:"dimensions"`
}

// EndpointSettings say how locations become endpoints.
type EndpointSettings struct {
	// Templates name the variable parts of paths, such as /users/{id}/orders/{order}; the first that fits counts, and
	// goes before what is recognised by itself. {name} is one segment or the part of one, {name...} at the end is all
	// that follows. Default: none.
	Templates []string `mapstructure:"templates" yaml:"templates"`
	// MaxPerService bounds the endpoints of a service: further ones are called {other} and counted. An endpoint that was
	// not seen for a day makes room. Default: 500.
	MaxPerService int `mapstructure:"max_per_service" yaml:"max_per_service"`
}

// ExtraSettings are one dimension of the user's own.
type ExtraSettings struct {
	// Name is what it is called: lower-case letters, digits and _, none of the names that dimensions have already.
	Name string `mapstructure:"name" yaml:"name"`
	// From is where its value lies: header[x-tenant], tag[env], req_json[customer.tier] or resp_json[order.id], as in
	// filters. The first value counts.
	From string `mapstructure:"from" yaml:"from"`
	// Type is string, number or boolean. A value of another type is left out, and counted. Default: string.
	Type string `mapstructure:"type" yaml:"type"`
}

const (
	defaultMaxEndpoints = 500
	// maxMaxEndpoints keeps what is remembered of one service within some megabytes.
	maxMaxEndpoints = 100_000
)

// NewDefaultSettings returns Settings with every default filled in.
func NewDefaultSettings() Settings {
	return Settings{Endpoints: EndpointSettings{MaxPerService: defaultMaxEndpoints}}
}

// Validate reports everything that is wrong, each with its key, the value and what is allowed.
func (s Settings) Validate() error {
	_, err := Compile(s)
	return err
}

// Rules are compiled settings. Immutable, for concurrent use; nil means the defaults.
type Rules struct {
	templates    []template
	clientErrors bool
	extras       []extraRule
}

// Compile makes rules of settings. The error joins everything that is wrong.
func Compile(s Settings) (*Rules, error) {
	rules := &Rules{clientErrors: s.ClientErrors}
	var errs []error
	if most := s.Endpoints.MaxPerService; most < 1 || most > maxMaxEndpoints {
		errs = append(errs, fmt.Errorf("endpoints::max_per_service is %d: it must be between 1 and %d", most, maxMaxEndpoints))
	}
	if len(s.Endpoints.Templates) > maxTemplates {
		errs = append(errs, fmt.Errorf("endpoints::templates has %d entries: at most %d are allowed", len(s.Endpoints.Templates), maxTemplates))
	}
	for i, text := range s.Endpoints.Templates {
		one, err := parseTemplate(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("endpoints::templates[%d] is %q: %w", i, text, err))
		}
		rules.templates = append(rules.templates, one)
	}
	extras, extraErrs := compileExtras(s.Dimensions)
	rules.extras = extras
	if err := errors.Join(append(errs, extraErrs...)...); err != nil {
		return nil, err
	}
	return rules, nil
}

// NewRecord makes a record that goes by the rules.
func (r *Rules) NewRecord() *Record { return &Record{rules: r} }

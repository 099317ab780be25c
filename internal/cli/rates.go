package cli

import (
	"net/netip"

	"kantong/internal/registry"
)

// rateFlags keep one client from slowing down all others.
type rateFlags struct {
	RateKey      int      `default:"1200" placeholder:"N" help:"Requests a minute of one API key; 0 is no limit (default ${default})."`
	RateAddress  int      `default:"300" placeholder:"N" help:"Requests a minute of one address without a key (of an IPv6 /64), and as many with wrong keys; 0 is no limit (default ${default})."`
	TrustedProxy []string `placeholder:"CIDR" help:"Addresses of reverse proxies, e.g. 10.0.0.2/32: who sends a request is read from their X-Forwarded-For header, and what they call the server from X-Forwarded-Proto and -Host; from nobody else's."`
}

// proxies checks the flags and gives the trusted proxies.
func (f *rateFlags) proxies() ([]netip.Prefix, error) {
	if f.RateKey < 0 || f.RateAddress < 0 {
		return nil, registry.Invalid("--rate", "a rate is requests a minute, and not below 0")
	}
	var prefixes []netip.Prefix
	for _, text := range f.TrustedProxy {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, registry.Invalid("--trusted-proxy", "%q is not a range of addresses like 10.0.0.2/32", text)
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}

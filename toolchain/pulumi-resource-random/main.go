// The random provider of Pulumi: HashiCorp's Terraform provider behind Pulumi's bridge.
//
// The released provider carries a schema that its build generates and that no module holds. This
// one generates the same schema when it starts, from the Terraform provider itself.
package main

import (
	"context"
	"errors"
	"io"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	sdkbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// version is set by the linker.
var version string

const name = "random"

func main() {
	ctx := context.Background()
	info := providerInfo()
	generated, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{
		ProviderInfo: info,
		// Standard output is where the engine reads the port from.
		DiagnosticsSink: diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}),
		// Without this, the generator looks for documentation with the go command.
		XInMemoryDocs: true,
	})
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
	tfbridge.Main(ctx, name, info, generated.ProviderMetadata)
}

func providerInfo() sdkbridge.ProviderInfo {
	info := sdkbridge.ProviderInfo{
		P:            tfbridge.ShimProvider(shim.New()),
		Name:         name,
		Description:  "A Pulumi package to safely use randomness in Pulumi programs.",
		Homepage:     "https://pulumi.io",
		License:      "Apache-2.0",
		Version:      version,
		MetadataInfo: sdkbridge.NewProviderMetadata(nil),
		Resources: map[string]*sdkbridge.ResourceInfo{
			"random_bytes": {ComputeID: bytesID},
		},
		// Both as in the released provider, so that states can move between the two.
		EnableAccurateBridgePreview: true,
		EnableRawStateDelta:         true,
	}
	makeToken := tokens.MakeStandard(name)
	info.MustComputeTokens(tokens.SingleModule(name+"_", "index", func(module, n string) (string, error) {
		return makeToken(module, "Random"+n)
	}))
	return info
}

// bytesID makes the ID of a RandomBytes, which the Terraform resource does not have: its base64.
func bytesID(_ context.Context, state resource.PropertyMap) (resource.ID, error) {
	value := state["base64"]
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return "", errors.New("random_bytes: the state has no base64 string to make an ID from")
	}
	return resource.ID(value.StringValue()), nil
}

// The Kubernetes provider of Pulumi, built from its released module.
//
// The provider's own main embeds two files that its release build generates and that the module
// does not hold. The set-up puts them beside this file (in a copy of this folder, never in the
// repository): the module's own schema with the version set, and its Terraform mapping.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema-embed.json
var pulumiSchema []byte

//go:embed terraform-mapping-embed.json
var terraformMapping []byte

func main() {
	// version.Version is set by the linker.
	provider.Serve("kubernetes", version.Version, pulumiSchema, terraformMapping)
}

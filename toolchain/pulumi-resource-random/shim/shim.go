// Package shim gives access to the Terraform provider's constructor.
//
// The constructor is in an internal package, which only a module whose path starts with the
// provider's own path may import: that is the whole reason for this module.
package shim

import (
	tf "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New makes the Terraform provider "random".
func New() tf.Provider { return provider.New() }

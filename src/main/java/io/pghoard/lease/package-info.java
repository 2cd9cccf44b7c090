// SPDX-License-Identifier: Apache-2.0
/** The lease of a site: of all the daemons that share a repository, one takes its base backups. */
@NullMarked
package io.pghoard.lease;

import org.jspecify.annotations.NullMarked;

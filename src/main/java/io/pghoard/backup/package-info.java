// SPDX-License-Identifier: Apache-2.0
/** Taking a base backup: when, from what, cut into which chunks. */
@NullMarked
package io.pghoard.backup;

import org.jspecify.annotations.NullMarked;

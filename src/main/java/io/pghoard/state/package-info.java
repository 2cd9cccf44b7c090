// SPDX-License-Identifier: Apache-2.0
/** What the daemon is doing, for {@code GET /status}, {@code GET /recovery} and the state file. */
@NullMarked
package io.pghoard.state;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator edits while the daemon runs: routes and pghoard.json, read again and put in
 * force.
 */
@NullMarked
package io.pghoard.camel.reload;

import org.jspecify.annotations.NullMarked;

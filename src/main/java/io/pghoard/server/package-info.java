// SPDX-License-Identifier: Apache-2.0
/** PostgreSQL's programs on this machine, and what a server says through them. */
@NullMarked
package io.pghoard.server;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** A PostgreSQL backup and restore service whose flow is a set of Camel routes. */
@NullMarked
package io.pghoard;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Proving a restore: a scratch cluster that is started alone and asked, and the report of it. */
@NullMarked
package io.pghoard.drill;

import org.jspecify.annotations.NullMarked;

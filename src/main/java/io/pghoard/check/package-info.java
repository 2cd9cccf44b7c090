// SPDX-License-Identifier: Apache-2.0
/** What a check of a site answers, and what it found: the values that every check speaks in. */
@NullMarked
package io.pghoard.check;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** One class a transformation of a stream of bytes, in symmetrical pairs. */
@NullMarked
package io.pghoard.codec;

import org.jspecify.annotations.NullMarked;

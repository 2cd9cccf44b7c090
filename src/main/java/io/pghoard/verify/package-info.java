// SPDX-License-Identifier: Apache-2.0
/** Reading back what a restore would need, on request, and comparing it with what was stored. */
@NullMarked
package io.pghoard.verify;

import org.jspecify.annotations.NullMarked;

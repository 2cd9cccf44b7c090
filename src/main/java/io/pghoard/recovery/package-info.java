// SPDX-License-Identifier: Apache-2.0
/** The one judgement of what can be recovered from what is stored of a site. */
@NullMarked
package io.pghoard.recovery;

import org.jspecify.annotations.NullMarked;

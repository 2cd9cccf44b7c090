// SPDX-License-Identifier: Apache-2.0
/** Objects in Azure Blob Storage. */
@NullMarked
package io.pghoard.repository.azure;

import org.jspecify.annotations.NullMarked;

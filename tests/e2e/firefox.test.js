// SPDX-License-Identifier: Apache-2.0
import {demoPageIn} from './suite.js';

demoPageIn('firefox');

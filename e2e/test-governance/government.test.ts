// SPDX-License-Identifier: Apache-2.0
// Government of one development chain: referenda, the treasury, and emergencies.
import { after, before, describe } from 'node:test';
import { Government } from '../src/government.js';
import { emergencies } from './emergency.js';
import { referenda } from './referenda.js';
import { treasury } from './treasury.js';

describe('the government of a chain', () => {
  let government: Government;
  before(async () => {
    government = await Government.start();
  });
  after(async () => {
    await government?.stop();
  });

  const world = (): Government => government;
  referenda(world);
  treasury(world);
  emergencies(world);
});

/**
 * What every implementation of `Images`, `Mounts` and `Data` does, in words. One suite for the real host and the imagined one, so that the fake
 * cannot drift from the kernel. States behaviour only: nothing here knows how it is made.
 */
import { expect } from 'chai';
import type { Images } from '../../src/host/image-ports.js';
import type { Data, Mounts } from '../../src/host/ports.js';
import { type ImageRef, type ObservedTree, type TreeSpec, treeSource } from '../../src/model/index.js';
import { readable } from '../support/builders.js';
import { refusal } from '../support/refusal.js';

/** A machine for one test. */
export interface ContractHost {
  readonly images: Images;
  readonly mounts: Mounts;
  readonly data: Data;
  /** An image file of that name is in the image directory; what it holds does not matter. */
  putImage(name: string): Promise<ImageRef>;
  /** A stranger holds the rack's mounted tree until the returned function is called. */
  hold(rack: string): Promise<() => Promise<void>>;
  /** A copy of the rack's mounted tree is kept in another mount namespace until the returned function is called. */
  leak(rack: string): Promise<() => Promise<void>>;
  /** The rack's tree is unmounted by hand, beside the agent. */
  unmountByHand(rack: string): Promise<void>;
  /** Something that is not ours is mounted at the rack's place. */
  mountForeign(rack: string): Promise<void>;
  /** A crash left the generated layer of this generation mounted. */
  strayLayer(rack: string, generation: number): Promise<void>;
  close(): Promise<void>;
}

export function mountsContract(name: string, makeHost: () => Promise<ContractHost>): void {
  describe(`mounts, images and data of ${name}`, () => {
    let host: ContractHost;

    beforeEach(async () => {
      host = await makeHost();
    });
    afterEach(async () => {
      await host.close();
    });

    /** An image that is there and mounted. */
    async function mountedImage(image = 'one'): Promise<ImageRef> {
      const ref = await host.putImage(image);
      await host.images.ensure(ref, () => {});
      await host.mounts.mountImage(ref);
      return ref;
    }

    /** A rack whose tree is mounted. */
    async function mountedTree(rack = 'web'): Promise<TreeSpec> {
      const tree = spec(rack, await mountedImage());
      await host.mounts.prepareTree(tree);
      await host.mounts.mountTree(tree);
      return tree;
    }

    const trees = async (): Promise<readonly ObservedTree[]> => (await host.mounts.observe()).trees;

    async function expectMounted(...expected: readonly TreeSpec[]): Promise<void> {
      const shown = (await trees()).map(({ rack, generation, digest, asMade }) => ({
        source: treeSource(rack, generation ?? -1, digest ?? ''),
        asMade,
      }));
      const wanted = expected.map((tree) => ({
        source: treeSource(tree.rack, tree.generation, tree.digest),
        asMade: true,
      }));
      expect(shown).to.have.deep.members(wanted);
    }

    describe('an image', () => {
      it('that is there with the right digest is ready, however often it is asked for', async () => {
        const image = await host.putImage('one');
        await host.images.ensure(image, () => {});
        await host.images.ensure(image, () => {});
      });

      it('that is nowhere is refused by name', async () => {
        const image = { file: 'absent.iso', sha256: 'a'.repeat(64) };
        expect(
          await refusal(
            host.images.ensure(image, () => {}),
            'E_IMAGE_NOT_FOUND',
          ),
        ).to.contain('absent.iso');
        await refusal(host.mounts.mountImage(image), 'E_IMAGE_NOT_FOUND');
        expect((await host.mounts.observe()).images).to.deep.equal([]);
      });

      it('with other bytes than the definition says is refused, and never mounted', async () => {
        const image = { ...(await host.putImage('one')), sha256: 'b'.repeat(64) };
        await refusal(
          host.images.ensure(image, () => {}),
          'E_IMAGE_DIGEST',
        );
        await refusal(host.mounts.mountImage(image), 'E_IMAGE_DIGEST');
        expect((await host.mounts.observe()).images).to.deep.equal([]);
      });

      it('is mounted once, however often and by how many at a time', async () => {
        const image = await mountedImage();
        await Promise.all([1, 2, 3].map(() => host.mounts.mountImage(image)));
        const { images } = await host.mounts.observe();
        expect(images).to.deep.equal([{ sha256: image.sha256, asMade: true }]);
      });

      it('that no tree uses is unmounted, and once more is fine', async () => {
        const { sha256 } = await mountedImage();
        expect(await host.mounts.unmountImage(sha256)).to.equal(true);
        expect(await host.mounts.unmountImage(sha256)).to.equal(true);
        expect((await host.mounts.observe()).images).to.deep.equal([]);
      });

      it('that a tree uses stays mounted, and the answer is false, until the last such tree is gone', async () => {
        const { image } = await mountedTree('web');
        const other = spec('mail', image);
        await host.mounts.mountTree(other);
        expect(await host.mounts.unmountImage(image.sha256)).to.equal(false);
        await host.mounts.unmountTree('web');
        expect(await host.mounts.unmountImage(image.sha256)).to.equal(false);
        await expectMounted(other);
        await host.mounts.unmountTree('mail');
        expect(await host.mounts.unmountImage(image.sha256)).to.equal(true);
      });
    });

    describe('mounting a tree', () => {
      it('shows it with its identity, as made', async () => {
        await expectMounted(await mountedTree());
      });

      it('prepares what was not prepared', async () => {
        const tree = spec('web', await mountedImage());
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });

      it('fails when its image is neither mounted nor in the store, and leaves nothing', async () => {
        const tree = spec('web', { file: 'absent.iso', sha256: 'a'.repeat(64) });
        await refusal(host.mounts.mountTree(tree), 'E_MOUNT', 'E_IMAGE_NOT_FOUND');
        await refusal(host.mounts.prepareTree(tree), 'E_MOUNT', 'E_IMAGE_NOT_FOUND');
        await expectMounted();
        expect(await host.data.list()).to.deep.equal([]);
      });

      it('whose image was unmounted again fails, or mounts the image too: never an overlay over nothing', async () => {
        const tree = spec('web', await mountedImage());
        await host.mounts.unmountImage(tree.image.sha256);
        const mounted = await host.mounts.mountTree(tree).then(
          () => true,
          () => false,
        );
        await expectMounted(...(mounted ? [tree] : []));
        expect((await host.mounts.observe()).images).to.have.length(mounted ? 1 : 0);
      });

      it('twice with the same identity does nothing', async () => {
        const tree = await mountedTree();
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });

      it('with another identity is refused, and the first stays', async () => {
        const tree = await mountedTree();
        await refusal(host.mounts.mountTree({ ...tree, generation: 2 }), 'E_MOUNT');
        const digest = `sha256:${'c'.repeat(64)}`;
        await refusal(host.mounts.mountTree({ ...tree, digest }), 'E_MOUNT');
        await expectMounted(tree);
      });

      it('over something foreign is refused', async () => {
        const tree = spec('web', await mountedImage());
        await host.mountForeign('web');
        await refusal(host.mounts.mountTree(tree), 'E_MOUNT');
        expect(await trees()).to.deep.equal([
          { rack: 'web', generation: null, digest: null, layers: [], asMade: false },
        ]);
        await host.mounts.unmountTree('web');
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });

      it('works for several racks of one image at the same moment', async () => {
        const image = await mountedImage();
        const specs = ['a', 'b', 'c', 'd'].map((rack) => spec(rack, image));
        await Promise.all(
          specs.map(async (tree) => {
            await host.mounts.prepareTree(tree);
            await host.mounts.mountTree(tree);
          }),
        );
        await expectMounted(...specs);
        expect((await host.mounts.observe()).images).to.have.length(1);
      });

      it('of the next generation works once the old one is unmounted', async () => {
        const tree = await mountedTree();
        const next = { ...tree, image: await mountedImage('two'), generation: 2 };
        await host.mounts.prepareTree(next);
        await host.mounts.unmountTree('web');
        await host.mounts.mountTree(next);
        await expectMounted(next);
      });

      it('again after somebody unmounted it by hand works', async () => {
        const tree = await mountedTree();
        await host.unmountByHand('web');
        await expectMounted();
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });
    });

    describe('preparing a tree', () => {
      it('is done as often as one likes, beside a running one too', async () => {
        const tree = await mountedTree();
        await host.mounts.prepareTree(tree);
        await host.mounts.prepareTree({ ...tree, generation: 2 });
        await expectMounted(tree);
      });

      it('is refused while a stranger holds the running one, naming the stranger', async () => {
        const tree = await mountedTree();
        const release = await host.hold('web');
        const message = await refusal(host.mounts.prepareTree({ ...tree, generation: 2 }), 'E_BUSY');
        const [holder] = await host.mounts.holders('web');
        expect(message).to.contain(`pid ${holder?.pid} ${holder?.command} (${holder?.how})`);
        await release();
        await host.mounts.prepareTree({ ...tree, generation: 2 });
      });
    });

    describe('holders', () => {
      it('are none for a rack that nobody holds, and for one that is not there', async () => {
        await mountedTree('web');
        expect(await host.mounts.holders('web')).to.deep.equal([]);
        expect(await host.mounts.holders('mail')).to.deep.equal([]);
      });

      it('are the strangers in this tree, not those in another', async () => {
        const { image } = await mountedTree('web');
        await host.mounts.mountTree(spec('web-2', image));
        const release = await host.hold('web');
        expect(await host.mounts.holders('web')).to.have.length(1);
        expect(await host.mounts.holders('web-2')).to.deep.equal([]);
        await release();
        expect(await host.mounts.holders('web')).to.deep.equal([]);
      });
    });

    describe('unmounting a tree', () => {
      it('leaves nothing of it, and once more is fine', async () => {
        await mountedTree();
        await host.mounts.unmountTree('web');
        await host.mounts.unmountTree('web');
        await expectMounted();
      });

      it('of a rack that never was is fine', async () => {
        await host.mounts.unmountTree('web');
      });

      it('fails while a stranger holds it, names the stranger, and leaves it mounted', async () => {
        const tree = await mountedTree();
        const release = await host.hold('web');
        const [holder] = await host.mounts.holders('web');
        expect(await refusal(host.mounts.unmountTree('web'), 'E_BUSY')).to.contain(`pid ${holder?.pid} `);
        await expectMounted(tree);
        await release();
        await host.mounts.unmountTree('web');
        await expectMounted();
      });

      it('leaves the trees of other racks alone, whatever their names begin with', async () => {
        const { image } = await mountedTree('web');
        const other = spec('web-2', image);
        await host.mounts.mountTree(other);
        await host.mounts.unmountTree('web');
        await expectMounted(other);
      });

      it('is no success while the old tree lives on in another mount namespace, and nothing is mounted on its layer until it dies', async function () {
        this.timeout(20_000);
        const tree = await mountedTree();
        const release = await host.leak('web');
        const message = await refusal(host.mounts.unmountTree('web'), 'E_LEAKED_MOUNT');
        expect(message).to.match(/pid \d+ \S+ \(mount namespace\)/);
        await refusal(host.mounts.unmountTree('web'), 'E_LEAKED_MOUNT');
        await refusal(host.mounts.mountTree({ ...tree, generation: 2 }), 'E_LEAKED_MOUNT');
        await refusal(host.mounts.mountTree(tree), 'E_LEAKED_MOUNT');
        await expectMounted();
        await release();
        await host.mounts.unmountTree('web');
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });
    });

    describe('what a crash left', () => {
      it('is shown and swept, and then there is nothing more to sweep', async () => {
        const tree = await mountedTree();
        await host.strayLayer('mail', 3);
        expect((await host.mounts.observe()).strayLayers).to.deep.equal(['mail.3']);
        expect(await host.mounts.sweep()).to.deep.equal(['mail.3']);
        expect(await host.mounts.sweep()).to.deep.equal([]);
        expect((await host.mounts.observe()).strayLayers).to.deep.equal([]);
        await expectMounted(tree);
      });

      it('of a rack is swept by unmounting it', async () => {
        await mountedTree('web');
        await host.strayLayer('web', 1);
        await host.mounts.unmountTree('web');
        const observed = await host.mounts.observe();
        expect(observed.strayLayers).to.deep.equal([]);
        expect(observed.trees).to.deep.equal([]);
      });

      it('of a rack does not hinder the next mount', async () => {
        const tree = spec('web', await mountedImage());
        await host.mounts.prepareTree(tree);
        await host.strayLayer('web', 1);
        await host.mounts.mountTree(tree);
        await expectMounted(tree);
      });
    });

    it('a generation that is released twice, or never was, is fine, and the running tree stays', async () => {
      const tree = await mountedTree();
      await host.mounts.releaseTree('web', 1);
      await host.mounts.releaseTree('web', 1);
      await host.mounts.releaseTree('mail', 7);
      await expectMounted(tree);
    });

    it('data is synced while the tree runs', async () => {
      await mountedTree();
      await host.mounts.syncData('web');
    });

    describe('data', () => {
      it('is there from the first preparation on, sorted by rack, and outlives the tree', async () => {
        const image = await mountedImage();
        await host.mounts.prepareTree(spec('web', image));
        await host.mounts.prepareTree(spec('mail', image));
        await host.mounts.mountTree(spec('web', image));
        await host.mounts.unmountTree('web');
        await host.mounts.releaseTree('web', 1);
        expect((await host.data.list()).map(({ rack }) => rack)).to.deep.equal(['mail', 'web']);
        expect(await host.data.sizeBytes('web')).to.be.greaterThan(0);
      });

      it('of a rack that has none is 0 bytes, and purging it is fine', async () => {
        expect(await host.data.sizeBytes('web')).to.equal(0);
        await host.data.purge('web');
      });

      it('goes only by a purge, and only that of the rack named', async () => {
        const { image } = await mountedTree('web');
        await host.mounts.prepareTree(spec('web-2', image));
        await host.mounts.unmountTree('web');
        await host.data.purge('web');
        await host.data.purge('web');
        expect((await host.data.list()).map(({ rack }) => rack)).to.deep.equal(['web-2']);
      });

      it('is not deleted under a mounted tree', async () => {
        const tree = await mountedTree();
        await refusal(host.data.purge('web'), 'E_MOUNTED');
        await expectMounted(tree);
        expect(await host.data.list()).to.have.length(1);
      });
    });

    describe('layers', () => {
      const second = { layer: 2, sealed: ['1'] };
      const names = async (): Promise<readonly string[]> =>
        [...readable(await host.data.observe('web')).names].sort();

      /** A tree that is unmounted, its layer sealed under a fresh one. */
      async function sealed(): Promise<TreeSpec> {
        const tree = await mountedTree();
        await host.mounts.unmountTree('web');
        await host.data.sealLayer('web', second, []);
        return { ...tree, generation: 2, ...second };
      }

      it('of a rack without data are none', async () => {
        expect(await host.data.observe('web')).to.equal(null);
      });

      it('are one, until one is sealed; then the next is there, however often it is asked for', async () => {
        const tree = await sealed();
        await host.data.sealLayer('web', second, []);
        expect(await host.data.observe('web')).to.deep.include({ stack: second, snapshots: [] });
        expect(await names()).to.deep.equal(['1', '2']);
        await host.mounts.mountTree(tree);
        expect((await trees()).map(({ layers, asMade }) => ({ layers, asMade }))).to.deep.equal([
          { layers: ['2', '1'], asMade: true },
        ]);
      });

      it('that are sealed must be there: refused before and at the mount, and nothing is made', async () => {
        const tree = { ...(await sealed()), layer: 8, sealed: ['7', '1'] };
        await refusal(host.data.sealLayer('web', tree, []), 'E_LAYER_MISSING');
        await refusal(host.mounts.prepareTree(tree), 'E_LAYER_MISSING');
        await refusal(host.mounts.mountTree(tree), 'E_LAYER_MISSING');
        expect(await names()).to.deep.equal(['1', '2']);
        await expectMounted();
      });

      it('that will be sealed are only looked at by the preparation', async () => {
        const tree = await mountedTree();
        await host.mounts.prepareTree({ ...tree, generation: 2, ...second });
        expect(await names()).to.deep.equal(['1']);
        expect(await host.data.bigFiles('web', '1')).to.deep.equal({ files: 0, bytes: 0 });
      });

      it('that nobody needs are gone; those of a mounted tree stay', async () => {
        const tree = await sealed();
        await host.mounts.mountTree(tree);
        await host.data.releaseLayers('web', { layer: 9, sealed: [] }, [], ['9']);
        expect(await names()).to.deep.equal(['1', '2']);
        await host.mounts.unmountTree('web');
        await host.data.releaseLayers('web', { layer: 1, sealed: [] }, [], ['1']);
        await host.data.releaseLayers('web', { layer: 1, sealed: [] }, [], ['1']);
        expect(await host.data.observe('web')).to.deep.equal({
          rack: 'web',
          names: ['1'],
          stack: { layer: 1, sealed: [] },
          snapshots: [],
        });
      });

      it('are merged beside what they are merged from, which may then go', async () => {
        const tree = await sealed();
        const third = { layer: 3, sealed: ['2', '1'] };
        await host.data.sealLayer('web', third, []);
        await host.mounts.mountTree({ ...tree, ...third });
        const signal = new AbortController().signal;
        await host.data.mergeLayers('web', third.sealed, signal);
        await host.data.mergeLayers('web', third.sealed, signal);
        expect(await names()).to.deep.equal(['1', '1-2', '2', '3']);
        await host.mounts.unmountTree('web');
        const folded = { layer: 3, sealed: ['1-2'] };
        await host.mounts.mountTree({ ...tree, generation: 3, ...folded });
        await host.data.releaseLayers('web', folded, [], ['3', '1-2']);
        expect(await names()).to.deep.equal(['1-2', '3']);
        expect((await trees())[0]?.layers).to.deep.equal(['3', '1-2']);
      });
    });
  });
}

function spec(rack: string, image: ImageRef): TreeSpec {
  const digest = `sha256:${image.sha256}`;
  return { rack, image, generation: 1, digest, layer: 1, sealed: [], mountPoints: [] };
}

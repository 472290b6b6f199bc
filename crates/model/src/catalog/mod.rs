//! Facts about AWS that rules, plans and costs rest on: Kubernetes versions, AMI families, instance types, zones,
//! quotas, prices. They are data files with a date, not code; `data/` says where each comes from. With an account
//! at hand, what AWS answers wins.

mod addons;
mod components;
mod instances;
mod limits;
mod prices;
mod table;
mod versions;

pub use addons::AddonIdentity;
pub use components::Component;
pub use instances::{Arch, Efa, Gpus, Instance, QuotaFamily, has_neuron};
pub use limits::{Cost, Image, Quota, Region};
pub use prices::{HOURS_A_MONTH, Volume};
pub use versions::{Family, Support, UserData, Version, minor};

use instances::{Adapters, Offering};
use jiff::civil::Date;
use std::{collections::HashMap, sync::LazyLock};
use table::Table;

/// Everything that is known without an account.
#[derive(Clone, Debug)]
pub struct Catalog {
    versions: Table<Version>,
    families: Table<Family>,
    instances: Table<Instance>,
    retired: Table<Instance>,
    /// Of both tables.
    instances_by_name: HashMap<&'static str, Instance>,
    offerings: Table<Offering>,
    adapters: Table<Adapters>,
    quotas: Table<Quota>,
    costs: Table<Cost>,
    regions: Table<Region>,
    images: Table<Image>,
    addons: Table<AddonIdentity>,
    components: Table<Component>,
}

impl Catalog {
    /// The catalog that this build carries. Read once, on first use.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Catalog> = LazyLock::new(Catalog::read);
        &BUILTIN
    }

    fn read() -> Self {
        let instances: Table<Instance> = Table::read(include_str!("data/instances.tsv"));
        let retired: Table<Instance> = Table::read(include_str!("data/retired.tsv"));
        let both = instances.rows().iter().chain(retired.rows());
        Self {
            versions: Table::read(include_str!("data/versions.tsv")),
            families: Table::read(include_str!("data/families.tsv")),
            instances_by_name: both.map(|instance| (instance.name, *instance)).collect(),
            instances,
            retired,
            offerings: Table::read(include_str!("data/offerings.tsv")),
            adapters: Table::read(include_str!("data/efa.tsv")),
            quotas: Table::read(include_str!("data/quotas.tsv")),
            costs: Table::read(include_str!("data/costs.tsv")),
            regions: Table::read(include_str!("data/regions.tsv")),
            images: Table::read(include_str!("data/images.tsv")),
            addons: Table::read(include_str!("data/addons.tsv")),
            components: Table::read(include_str!("data/components.tsv")),
        }
    }

    /// The day of the Kubernetes calendar.
    pub fn versions_known_as_of(&self) -> Date {
        self.versions.known_as_of()
    }

    /// The day of the instance types and of the zones that offer them.
    pub fn instances_known_as_of(&self) -> Date {
        self.instances.known_as_of()
    }

    /// The day of the prices.
    pub fn prices_known_as_of(&self) -> Date {
        self.costs.known_as_of()
    }

    /// Kubernetes versions on EKS, oldest first.
    pub fn versions(&self) -> &[Version] {
        self.versions.rows()
    }

    /// The Kubernetes version of that name, as in `1.35`.
    pub fn version(&self, name: &str) -> Option<&Version> {
        self.versions().iter().find(|version| version.name == name)
    }

    /// How EKS stands to a Kubernetes version on a day.
    pub fn support(&self, version: &str, today: Date) -> Support {
        self.version(version)
            .map_or(Support::Unknown, |version| version.support(today))
    }

    /// The version to choose on a day: the newest in standard support that eksctl has a name for, else the newest
    /// of that kind that can still be created.
    pub fn recommended_version(&self, today: Date) -> Option<&Version> {
        let newest = |wanted: fn(&Support) -> bool| {
            self.versions()
                .iter()
                .rev()
                .find(|version| version.eksctl && wanted(&version.support(today)))
        };
        newest(|support| matches!(support, Support::Standard { .. }))
            .or_else(|| newest(|support| matches!(support, Support::Extended { .. })))
    }

    /// AMI families that eksctl accepts.
    pub fn families(&self) -> &[Family] {
        self.families.rows()
    }

    /// The AMI family of that name in any case, as eksctl matches it.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families()
            .iter()
            .find(|family| family.name.eq_ignore_ascii_case(name))
    }

    /// Instance types that AWS starts, by family and size.
    pub fn instances(&self) -> &[Instance] {
        self.instances.rows()
    }

    /// The instance type of that name; retired ones too, see [`Catalog::is_retired`].
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances_by_name.get(name)
    }

    /// Whether AWS no longer starts instances of that type.
    pub fn is_retired(&self, name: &str) -> bool {
        self.retired.rows().iter().any(|instance| instance.name == name)
    }

    /// The Elastic Fabric Adapters that an instance type takes; `None` for one that takes none.
    pub fn efa(&self, instance_type: &str) -> Option<Efa> {
        let mut rows = self.adapters.rows().iter();
        let row = rows.find(|row| row.types.contains(&instance_type))?;
        Some(row.efa)
    }

    /// The names of the zones in `region` that offer `instance_type`, in order; empty if none does, `None` where
    /// the catalog knows nothing of the region or the type.
    pub fn zones_offering(&self, instance_type: &str, region: &str) -> Option<Vec<String>> {
        self.instance(instance_type)?;
        let mut here = self
            .offerings
            .rows()
            .iter()
            .filter(|offering| offering.region == region)
            .peekable();
        here.peek()?;
        let zones = here
            .find(|offering| offering.includes(instance_type))
            .map_or("", |offering| offering.zones);
        Some(zones.chars().map(|letter| format!("{region}{letter}")).collect())
    }

    /// The names of all zones of a region, in order; `None` where the catalog does not know them.
    pub fn zones(&self, region: &str) -> Option<Vec<String>> {
        let mut letters: Vec<char> = self
            .offerings
            .rows()
            .iter()
            .filter(|offering| offering.region == region)
            .flat_map(|offering| offering.zones.chars())
            .collect();
        letters.sort_unstable();
        letters.dedup();
        (!letters.is_empty()).then(|| {
            letters
                .into_iter()
                .map(|letter| format!("{region}{letter}"))
                .collect()
        })
    }

    /// What a new account may have.
    pub fn quotas(&self) -> &[Quota] {
        self.quotas.rows()
    }

    /// The quota of that key, as in `g-vcpus`.
    pub fn quota(&self, key: &str) -> Option<&Quota> {
        self.quotas().iter().find(|quota| quota.key == key)
    }

    /// Prices of what runs besides instances.
    pub fn costs(&self) -> &[Cost] {
        self.costs.rows()
    }

    /// The price of that key, as in `nat-gateway`.
    pub fn cost(&self, key: &str) -> Option<&Cost> {
        self.costs().iter().find(|cost| cost.key == key)
    }

    /// What EKS recommends for an add-on that needs IAM; empty for the others.
    pub fn addon_identities(&self, addon: &str) -> impl Iterator<Item = &AddonIdentity> {
        self.addons
            .rows()
            .iter()
            .filter(move |identity| identity.addon == addon)
    }

    /// Regions that eksctl accepts, in alphabetical order.
    pub fn regions(&self) -> &[Region] {
        self.regions.rows()
    }

    /// The region of that name.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions().iter().find(|region| region.name == name)
    }

    /// The Leaderboard image of that id, if it is one of those that upstream's configs have named.
    pub fn image(&self, id: &str) -> Option<&Image> {
        self.images.rows().iter().find(|image| image.id == id)
    }

    /// What is installed into a Leaderboard cluster beside eksctl's add-ons, with its versions.
    pub fn components(&self) -> &[Component] {
        self.components.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_line_of_every_file_is_read() {
        let catalog = Catalog::builtin();
        assert_eq!(catalog.versions.skipped(), 0);
        assert_eq!(catalog.families.skipped(), 0);
        assert_eq!(catalog.instances.skipped(), 0);
        assert_eq!(catalog.retired.skipped(), 0);
        assert_eq!(catalog.offerings.skipped(), 0);
        assert_eq!(catalog.adapters.skipped(), 0);
        assert_eq!(catalog.quotas.skipped(), 0);
        assert_eq!(catalog.costs.skipped(), 0);
        assert_eq!(catalog.regions.skipped(), 0);
        assert_eq!(catalog.images.skipped(), 0);
        assert_eq!(catalog.addons.skipped(), 0);
        assert_eq!(catalog.components.skipped(), 0);
        assert_eq!(catalog.regions().len(), 45);
        assert!(catalog.prices_known_as_of() >= date(2026, 7, 20));
    }

    #[test]
    fn the_calendar_turns_on_the_day_it_names() {
        let catalog = Catalog::builtin();
        let on = |year, month, day| catalog.support("1.29", date(year, month, day));
        assert_eq!(
            on(2024, 1, 22),
            Support::NotYet {
                from: date(2024, 1, 23)
            }
        );
        assert_eq!(
            on(2024, 6, 11),
            Support::Standard {
                until: date(2025, 3, 23)
            }
        );
        assert_eq!(
            on(2025, 3, 22),
            Support::Standard {
                until: date(2025, 3, 23)
            }
        );
        assert_eq!(
            on(2025, 3, 23),
            Support::Extended {
                until: date(2026, 3, 23)
            }
        );
        assert_eq!(
            on(2026, 3, 23),
            Support::Gone {
                since: date(2026, 3, 23)
            }
        );
        assert_eq!(catalog.support("1.99", date(2026, 11, 23)), Support::Unknown);
    }

    #[test]
    fn the_recommended_version_is_one_that_eksctl_names() {
        let name = |today| {
            Catalog::builtin()
                .recommended_version(today)
                .map(|version| version.name)
        };
        assert_eq!(name(date(2026, 11, 23)), Some("1.35"));
        assert_eq!(name(date(2024, 6, 11)), Some("1.30"));
        assert_eq!(name(date(2027, 6, 1)), Some("1.35"));
        assert_eq!(name(date(2020, 1, 1)), None);
    }

    #[test]
    fn the_size_of_a_gpu_type_does_not_order_its_gpus() {
        let gpus = |name| {
            Catalog::builtin()
                .instance(name)
                .and_then(|i| i.gpus)
                .map(|gpus| gpus.count)
        };
        assert_eq!(gpus("g5.8xlarge"), Some(1));
        assert_eq!(gpus("g5.12xlarge"), Some(4));
        assert_eq!(gpus("g5.16xlarge"), Some(1));
        assert_eq!(gpus("g6f.xlarge"), Some(0));
        assert_eq!(gpus("t3.large"), None);
    }

    #[test]
    fn adapters_are_one_a_card_but_for_the_first_of_some() {
        let efa = |name| {
            let efa = Catalog::builtin().efa(name)?;
            Some((efa.first_card, efa.adapters))
        };
        assert_eq!(efa("c5n.18xlarge"), Some((0, 1)));
        assert_eq!(efa("p4d.24xlarge"), Some((0, 4)));
        assert_eq!(efa("p6-b300.48xlarge"), Some((1, 16)));
        assert_eq!(efa("g5.xlarge"), None);
        let catalog = Catalog::builtin();
        let mut named = catalog.adapters.rows().iter().flat_map(|row| &row.types);
        assert!(named.all(|name| catalog.instance(name).is_some()));
    }

    #[test]
    fn zones_know_the_difference_between_none_and_unknown() {
        let catalog = Catalog::builtin();
        let in_oregon = |name| catalog.zones_offering(name, "us-west-2");
        assert_eq!(
            in_oregon("g5.xlarge").map(|z| z.join(" ")).as_deref(),
            Some("us-west-2a us-west-2b us-west-2c")
        );
        assert_eq!(in_oregon("p5e.48xlarge").map(|z| z.len()), Some(1));
        assert_eq!(in_oregon("g3.8xlarge"), Some(Vec::new()));
        assert_eq!(in_oregon("g99.xlarge"), None);
        assert_eq!(catalog.zones_offering("t3.large", "cn-north-1"), None);
        assert_eq!(catalog.zones("us-west-2").map(|z| z.len()), Some(4));
    }

    #[test]
    fn stock_images_end_with_their_family() {
        let catalog = Catalog::builtin();
        let has = |family, version| catalog.family(family).map(|f| f.has_image_for(version));
        assert_eq!(has("Ubuntu2004", "1.29"), Some(true));
        assert_eq!(has("ubuntu2004", "1.30"), Some(false));
        assert_eq!(has("AmazonLinux2", "1.33"), Some(false));
        assert_eq!(has("AmazonLinux2023", "1.35"), Some(true));
        assert_eq!(has("Ubuntu1804", "1.24"), None);
    }
}

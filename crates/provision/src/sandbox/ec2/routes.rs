//! Route tables, routes and associations.

use super::{dependency, invalid};
use crate::{
    operations::ec2::{
        AssociateRouteTable, CreateRoute, CreateRouteTable, DeleteRoute, DeleteRouteTable,
        DescribeRouteTables, DisassociateRouteTable, ReplaceRoute, Route, RouteTable, RouteTableAssociation,
        Tag,
    },
    sandbox::{
        Answer, GivenVpc, Refusal,
        cidr::Cidr,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};

impl Described for RouteTable {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        let associations = &self.associations;
        Some(match filter {
            "route-table-id" => test(&self.route_table_id),
            "vpc-id" => test(&self.vpc_id),
            "association.subnet-id" => associations
                .iter()
                .any(|a| a.subnet_id.as_deref().is_some_and(test)),
            "association.main" => {
                test("true") && associations.iter().any(|a| a.main)
                    || test("false") && associations.iter().all(|a| !a.main)
            }
            "association.route-table-association-id" => {
                associations.iter().any(|a| test(&a.route_table_association_id))
            }
            _ => return None,
        })
    }
}

fn no_table(id: &str) -> Refusal {
    Refusal::new(
        "InvalidRouteTableID.NotFound",
        format!("The routeTable ID '{id}' does not exist"),
    )
}

/// The transit gateway of the network that VPCs which were there before belong to; others hold it.
const TRANSIT_GATEWAY: &str = "tgw-00000000000000001";
/// The address under which the rest of the world sees what comes through it: one that is kept for examples.
pub(in crate::sandbox) const TRANSIT_ADDRESS: &str = "203.0.113.1";

fn outward(gateway: Route) -> Route {
    Route {
        destination_cidr_block: Some("0.0.0.0/0".into()),
        state: "active".into(),
        origin: "CreateRoute".into(),
        ..gateway
    }
}

fn local(vpc_cidr: &str) -> Route {
    Route {
        destination_cidr_block: Some(vpc_cidr.to_owned()),
        gateway_id: Some("local".into()),
        state: "active".into(),
        origin: "CreateRouteTable".into(),
        ..Route::default()
    }
}

impl Region {
    /// The main table of a VPC that was there before, through which its private subnets have a way out, and the table
    /// and gateway of its public subnets.
    pub(super) fn give_routes(&mut self, given: &GivenVpc, tail: &str) {
        let association = |suffix: &str, table: &str, subnet: Option<&str>| RouteTableAssociation {
            route_table_association_id: format!("rtbassoc-{tail}{suffix}"),
            route_table_id: table.to_owned(),
            subnet_id: subnet.map(str::to_owned),
            main: subnet.is_none(),
        };
        let (main, public) = (format!("rtb-{tail}"), format!("rtb-{tail}0"));
        let table = |id: &str| RouteTable {
            route_table_id: id.to_owned(),
            vpc_id: given.id.clone(),
            routes: vec![local(&given.cidr)],
            ..RouteTable::default()
        };
        let mut main_table = RouteTable {
            associations: vec![association("", &main, None)],
            ..table(&main)
        };
        main_table.routes.push(outward(Route {
            transit_gateway_id: Some(TRANSIT_GATEWAY.into()),
            ..Route::default()
        }));
        self.tables.insert(&main, main_table, Seen::ALWAYS);
        let subnets: Vec<_> = given.subnets.iter().filter(|subnet| subnet.public).collect();
        if subnets.is_empty() {
            return;
        }
        let gateway = self.give_gateway(&given.id, tail);
        let mut table = table(&public);
        table.routes.push(outward(Route {
            gateway_id: Some(gateway),
            ..Route::default()
        }));
        table.associations = subnets
            .iter()
            .enumerate()
            .map(|(index, subnet)| association(&format!("{index:x}"), &public, Some(&subnet.id)))
            .collect();
        self.tables.insert(&public, table, Seen::ALWAYS);
    }

    /// The route that takes a subnet's traffic to an address outside: of its table, or of the VPC's main one.
    pub(in crate::sandbox) fn default_route(&self, subnet: &str, vpc: &str) -> Option<&Route> {
        let table = self
            .tables
            .values()
            .find(|table| {
                table
                    .associations
                    .iter()
                    .any(|a| a.subnet_id.as_deref() == Some(subnet))
            })
            .or_else(|| {
                self.tables
                    .values()
                    .find(|t| t.vpc_id == vpc && t.associations.iter().any(|a| a.main))
            })?;
        table
            .routes
            .iter()
            .find(|route| route.destination_cidr_block.as_deref() == Some("0.0.0.0/0"))
    }

    /// Whether what a route leads to is there.
    pub(in crate::sandbox) fn leads(&self, route: &Route, vpc: &str) -> bool {
        if let Some(nat) = &route.nat_gateway_id {
            return self.nats.get(nat).is_some_and(|nat| nat.state == "available");
        }
        route.transit_gateway_id.as_deref() == Some(TRANSIT_GATEWAY)
            || route.gateway_id.as_deref().is_some_and(|gateway| {
                gateway == "local"
                    || self
                        .gateways
                        .get(gateway)
                        .is_some_and(|g| g.attachments.iter().any(|a| a.vpc_id == vpc))
            })
    }
}

impl World<'_> {
    pub(super) fn make_main_table(&mut self, vpc: &str, cidr: &str, seen: Seen) {
        let id = self.random.id("rtb");
        let association = RouteTableAssociation {
            route_table_association_id: self.random.id("rtbassoc"),
            route_table_id: id.clone(),
            subnet_id: None,
            main: true,
        };
        let table = RouteTable {
            route_table_id: id.clone(),
            vpc_id: vpc.to_owned(),
            routes: vec![local(cidr)],
            associations: vec![association],
            tags: Vec::new(),
        };
        self.region.tables.insert(id, table, seen);
    }

    pub(super) fn create_route_table(&mut self, input: CreateRouteTable) -> Answer<RouteTable> {
        let cidr = self.region.vpc(&input.vpc_id, self.now)?.shape.cidr_block.clone();
        let tags = tags::at_creation(&input.tag_specifications, "route-table")?;
        let find = |world: &mut Self, id: &str| world.region.tables.get(id).cloned();
        self.once(input.client_token.as_deref(), &input, find, |world| {
            let table = RouteTable {
                route_table_id: world.random.id("rtb"),
                vpc_id: input.vpc_id.clone(),
                routes: vec![local(&cidr)],
                associations: Vec::new(),
                tags,
            };
            let seen = world.fresh();
            world
                .region
                .tables
                .insert(&table.route_table_id, table.clone(), seen);
            let id = table.route_table_id.clone();
            Ok((table, id))
        })
    }

    pub(super) fn describe_route_tables(&mut self, input: DescribeRouteTables) -> Answer<Vec<RouteTable>> {
        let region = &self.region;
        let found = region
            .tables
            .describe(&input.route_table_ids, &input.filters, self.now, no_table)?;
        let shown = |table: &RouteTable| {
            let mut table = table.clone();
            for route in &mut table.routes {
                if !region.leads(route, &table.vpc_id) {
                    route.state = "blackhole".into();
                }
            }
            table
        };
        Ok(found.into_iter().map(shown).collect())
    }

    pub(super) fn delete_route_table(&mut self, input: DeleteRouteTable) -> Answer<()> {
        let id = &input.route_table_id;
        let table = self
            .region
            .tables
            .named(id, self.now)
            .ok_or_else(|| no_table(id))?;
        if let Some(association) = table.associations.first() {
            return Err(dependency(
                "routeTable",
                id,
                &association.route_table_association_id,
            ));
        }
        self.region.tables.remove(id);
        Ok(())
    }

    pub(super) fn associate_route_table(&mut self, input: AssociateRouteTable) -> Answer<String> {
        let vpc = self.region.subnet(&input.subnet_id, self.now)?.vpc_id.clone();
        let table = self.region.tables.named(&input.route_table_id, self.now);
        let table = table.ok_or_else(|| no_table(&input.route_table_id))?;
        if table.vpc_id != vpc {
            return Err(invalid(format!(
                "Route table {} and subnet {} belong to different networks",
                input.route_table_id, input.subnet_id
            )));
        }
        let subnet = Some(input.subnet_id);
        let taken = self.region.tables.values().flat_map(|table| &table.associations);
        if let Some(taken) = taken
            .into_iter()
            .find(|association| association.subnet_id == subnet)
        {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified association for route table {} conflicts with an existing association",
                    taken.route_table_id
                ),
            ));
        }
        let id = self.random.id("rtbassoc");
        if let Some(table) = self.region.tables.get_mut(&input.route_table_id) {
            table.associations.push(RouteTableAssociation {
                route_table_association_id: id.clone(),
                route_table_id: input.route_table_id,
                subnet_id: subnet,
                main: false,
            });
        }
        Ok(id)
    }

    pub(super) fn disassociate_route_table(&mut self, input: DisassociateRouteTable) -> Answer<()> {
        let id = &input.association_id;
        for table in self.region.tables.values_mut() {
            let Some(place) = table
                .associations
                .iter()
                .position(|a| a.route_table_association_id == *id)
            else {
                continue;
            };
            if table
                .associations
                .get(place)
                .is_some_and(|association| association.main)
            {
                return Err(invalid(format!(
                    "cannot disassociate the main route table association {id}"
                )));
            }
            table.associations.remove(place);
            return Ok(());
        }
        Err(Refusal::new(
            "InvalidAssociationID.NotFound",
            format!("The association ID '{id}' does not exist"),
        ))
    }

    /// The route that a call describes, if its target is there and of the table's VPC.
    fn route_to(
        &self,
        table: &str,
        destination: &str,
        gateway: Option<String>,
        nat: Option<String>,
    ) -> Answer<Route> {
        let vpc = &self
            .region
            .tables
            .named(table, self.now)
            .ok_or_else(|| no_table(table))?
            .vpc_id;
        if destination.parse::<Cidr>().is_err() {
            return Err(invalid(format!(
                "Value ({destination}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."
            )));
        }
        match (&gateway, &nat) {
            (Some(id), None) => {
                let gateway = self.region.gateways.named(id, self.now).ok_or_else(|| {
                    Refusal::new(
                        "InvalidGatewayID.NotFound",
                        format!("The gateway ID '{id}' does not exist"),
                    )
                })?;
                if gateway
                    .attachments
                    .iter()
                    .all(|attachment| attachment.vpc_id != *vpc)
                {
                    return Err(invalid(format!(
                        "route table {table} and network gateway {id} belong to different networks"
                    )));
                }
            }
            (None, Some(id)) => {
                let there = self.region.nats.named(id, self.now);
                if there.is_none_or(|nat| nat.state != "available" || nat.vpc_id != *vpc) {
                    return Err(Refusal::new(
                        "InvalidNatGatewayID.NotFound",
                        format!("The natGateway ID '{id}' does not exist"),
                    ));
                }
            }
            _ => {
                return Err(Refusal::new(
                    "InvalidParameterCombination",
                    "The request must contain exactly one target.",
                ));
            }
        }
        Ok(Route {
            destination_cidr_block: Some(destination.to_owned()),
            gateway_id: gateway,
            nat_gateway_id: nat,
            transit_gateway_id: None,
            state: "active".into(),
            origin: "CreateRoute".into(),
        })
    }

    pub(super) fn create_route(&mut self, input: CreateRoute) -> Answer<()> {
        let (table, destination) = (&input.route_table_id, &input.destination_cidr_block);
        let route = self.route_to(table, destination, input.gateway_id, input.nat_gateway_id)?;
        let Some(table) = self.region.tables.get_mut(table) else {
            return Err(no_table(table));
        };
        if table
            .routes
            .iter()
            .any(|old| old.destination_cidr_block == route.destination_cidr_block)
        {
            return Err(Refusal::new(
                "RouteAlreadyExists",
                format!("The route identified by {destination} already exists."),
            ));
        }
        table.routes.push(route);
        Ok(())
    }

    pub(super) fn replace_route(&mut self, input: ReplaceRoute) -> Answer<()> {
        let (table, destination) = (&input.route_table_id, &input.destination_cidr_block);
        let route = self.route_to(table, destination, input.gateway_id, input.nat_gateway_id)?;
        *self.own_route(table, destination)? = route;
        Ok(())
    }

    pub(super) fn delete_route(&mut self, input: DeleteRoute) -> Answer<()> {
        self.own_route(&input.route_table_id, &input.destination_cidr_block)?;
        if let Some(table) = self.region.tables.get_mut(&input.route_table_id) {
            table
                .routes
                .retain(|old| old.destination_cidr_block.as_ref() != Some(&input.destination_cidr_block));
        }
        Ok(())
    }

    /// A route that is not the local one.
    fn own_route(&mut self, table: &str, destination: &str) -> Answer<&mut Route> {
        let now = self.now;
        let routes = &mut self
            .region
            .tables
            .named_mut(table, now)
            .ok_or_else(|| no_table(table))?
            .routes;
        let route = routes
            .iter_mut()
            .find(|r| r.destination_cidr_block.as_deref() == Some(destination));
        match route {
            Some(route) if route.gateway_id.as_deref() == Some("local") => Err(invalid(format!(
                "cannot change local route {destination} in route table {table}"
            ))),
            Some(route) => Ok(route),
            None => Err(Refusal::new(
                "InvalidRoute.NotFound",
                format!("no route with destination-cidr-block {destination} in route table {table}"),
            )),
        }
    }
}
